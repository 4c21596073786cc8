package tfpredict.engine

/**
 * The ops that an engine can run. Known without its native code, which a driver does not load.
 *
 * @param engine
 *   the engine's name in messages: a library and its version
 * @param guards
 *   for each op that crashes the process on some inputs, the conditions to check before it runs
 */
final private[tfpredict] class OpCatalog(
    val engine: String,
    val ops: OpRegistry,
    val kernels: Kernels,
    val classes: OpClasses,
    val guards: Map[String, Seq[String]]
)

private[tfpredict] object OpCatalog {

  /**
   * Reads the entries of a table. An entry is a name and further fields, separated by tabs. Lines
   * that start with # are comments.
   */
  def entries(lines: Seq[String]): Seq[(String, Seq[String])] =
    lines.filterNot(line => line.isEmpty || line.startsWith("#")).map { line =>
      val fields = line.split('\t')
      fields.head -> fields.tail.toSeq
    }
}
