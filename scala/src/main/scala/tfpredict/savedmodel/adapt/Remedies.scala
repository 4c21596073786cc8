package tfpredict.savedmodel.adapt

import tfpredict.Settings

/** What a user can do about ops that stand in a model's way. */
private[savedmodel] object Remedies {

  /**
   * @param forbidden
   *   whether the ops are forbidden, instead of unsupported
   */
  def of(ops: Set[String], forbidden: Boolean): String =
    if (forbidden && ops.exists(Python)) ofPython
    else if (forbidden)
      s"If you trust the model, allow them by name in ${Settings.OpsAllowed.name}."
    else if (ops.exists(_.startsWith("XlaCallModule"))) ofJax
    else if (ops.exists(isOfLibrary)) ofLibrary
    else "Export the model without its layer, or with another layer that does the same."

  private val ofPython =
    "Write it with TensorFlow's own ops, or compute it in Spark and give the model the result. No " +
      "setting helps, because the function that it calls is in the program that exported it."

  private val ofJax =
    "Save a Keras model as a .keras file, and give that to tfpredict export where KERAS_BACKEND is " +
      "tensorflow. JAX wrote this op, as a program that this TensorFlow cannot read."

  private val ofLibrary =
    "Compute what it does in Spark, or with TensorFlow's own ops, and give the model the result. " +
      "The op comes from a Python library and not from TensorFlow."

  // Ops of tf.py_function and tf.numpy_function.
  private val Python = Set("PyFunc", "PyFuncStateless", "EagerPyFunc")

  // Newer libraries start their ops' names with their own, as in TFText>WhitespaceTokenize.
  private def isOfLibrary(op: String): Boolean =
    op.contains('>') || Libraries.exists(op.startsWith)

  // TensorFlow Decision Forests, and older versions of TensorFlow Text.
  private val Libraries = Seq("SimpleML", "Sentencepiece", "Wordpiece", "FastWordpiece") ++
    Seq("FastSentencepiece", "FastBert", "Whitespace", "RegexSplit", "SplitMergeTokenize") ++
    Seq("NormalizeUTF8", "CaseFoldUTF8", "ConstrainedSequence", "HubModuleSplitter")
}
