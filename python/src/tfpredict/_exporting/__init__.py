"""The parts of `tfpredict.export`. They need TensorFlow, not Spark."""
