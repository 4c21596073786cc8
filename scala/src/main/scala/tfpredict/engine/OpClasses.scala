package tfpredict.engine

/**
 * What an op may do beside computing outputs from inputs, as the table says.
 *
 * @param kind
 *   kind of state that it keeps or draws on, a word of the table; none if it has none
 * @param does
 *   what the op would do, in words that follow "which"; none for ops that may always run
 */
final private[tfpredict] case class OpClass(
    group: OpClass.Group,
    kind: Option[String],
    does: Option[String]
)

private[tfpredict] object OpClass {

  /** @param word the table's */
  sealed abstract class Group(val word: String)

  case object Pure extends Group("pure")

  /** Keeps its state inside the session, or draws random numbers. */
  case object State extends Group("state")

  /** Reads a file that must be one of the model's own assets. */
  case object Asset extends Group("asset")

  /** Reads a checkpoint that must be the model's own. */
  case object Restore extends Group("restore")

  /** Reaches files, the network, processes, Python, other devices or other sessions. */
  case object Reach extends Group("reach")

  /** Runs a program that it has as data, which nobody can look at before. */
  case object Program extends Group("program")

  /** Known to end the process. */
  case object Ends extends Group("ends")

  val Groups: Seq[Group] = Seq(Pure, State, Asset, Restore, Reach, Program, Ends)
}

/** The class of each op of the runtime. */
final private[tfpredict] class OpClasses(val all: Map[String, OpClass]) {

  /** None for an op that the runtime does not have. */
  def of(op: String): Option[OpClass] = all.get(op)

  def kindOf(op: String): Option[String] = of(op).flatMap(_.kind)
}

private[tfpredict] object OpClasses {

  /** Reads a table of them, a line for each op. */
  def read(lines: Seq[String]): OpClasses = {
    val entries = OpCatalog.entries(lines).map { case (op, fields) => op -> entry(op, fields) }
    val twice = entries.groupBy(_._1).collectFirst { case (name, found) if found.size > 1 => name }
    require(twice.isEmpty, s"the classes of ops name ${twice.get} twice")
    new OpClasses(entries.toMap)
  }

  private def entry(op: String, fields: Seq[String]): OpClass = {
    def field(index: Int) = fields.lift(index).filter(_ != "-")
    val group = field(0).flatMap(word => OpClass.Groups.find(_.word == word))
    require(
      group.isDefined && fields.size <= 3,
      s"the classes of ops have a line that is no entry: ${(op +: fields).mkString("\t")}"
    )
    OpClass(group.get, field(1), field(2))
  }
}
