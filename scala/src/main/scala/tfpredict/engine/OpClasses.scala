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

/**
 * The table of all ops of the runtime. Its suite compares it with the runtime's own list, so that
 * no op is without a class.
 */
private[tfpredict] object OpClasses {
  val Resource = "/tfpredict/op-classes-1.15.0.tsv"

  lazy val all: Map[String, OpClass] = read(JarResource.lines(Resource))

  /** None for an op that the runtime does not have. */
  def of(op: String): Option[OpClass] = all.get(op)

  def kindOf(op: String): Option[String] = of(op).flatMap(_.kind)

  def read(lines: Seq[String]): Map[String, OpClass] = {
    val entries = lines.filterNot(line => line.isEmpty || line.startsWith("#")).map(entry)
    val twice = entries.groupBy(_._1).collectFirst { case (name, found) if found.size > 1 => name }
    require(twice.isEmpty, s"$Resource names op ${twice.get} twice")
    entries.toMap
  }

  private def entry(line: String): (String, OpClass) = {
    val fields = line.split('\t')
    def field(index: Int) = fields.lift(index).filter(_ != "-")
    val group = field(1).flatMap(word => OpClass.Groups.find(_.word == word))
    require(group.isDefined && fields.size <= 4, s"$Resource has a line that is no entry: $line")
    fields(0) -> OpClass(group.get, field(2), field(3))
  }
}
