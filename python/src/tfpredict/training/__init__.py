"""Three models to try tfpredict with. Needs TensorFlow (the extra ``train``), not Spark."""
