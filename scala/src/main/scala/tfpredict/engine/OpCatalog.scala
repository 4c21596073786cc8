package tfpredict.engine

/**
 * What an engine can run, which is known without its native code: a driver has none.
 *
 * @param engine
 *   its name, as messages have it: a library and its version
 * @param guards
 *   for each op that ends the process on some inputs, what must hold before it runs
 */
final private[tfpredict] class OpCatalog(
    val engine: String,
    val ops: OpRegistry,
    val kernels: Kernels,
    val classes: OpClasses,
    val guards: Map[String, Seq[String]]
)

private[tfpredict] object OpCatalog {

  /** The entries of a table: a word, a tab and others. Lines that begin with # are comments. */
  def entries(lines: Seq[String]): Seq[(String, Seq[String])] =
    lines.filterNot(line => line.isEmpty || line.startsWith("#")).map { line =>
      val fields = line.split('\t')
      fields.head -> fields.tail.toSeq
    }
}
