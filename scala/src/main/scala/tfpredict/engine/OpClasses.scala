package tfpredict.engine

/**
 * The reviewed effects of an op besides computing outputs from inputs.
 *
 * @param kind
 *   the kind of state that the op keeps or uses, a word of the table. None if it has no state.
 * @param does
 *   the op's effect, as words that follow "which". None for ops that may always run.
 */
final private[tfpredict] case class OpClass(
    group: OpClass.Group,
    kind: Option[String],
    does: Option[String]
)

private[tfpredict] object OpClass {

  /**
   * A group of ops with similar effects.
   *
   * @param word
   *   the group's name in the table
   */
  sealed abstract class Group(val word: String)

  case object Pure extends Group("pure")

  /** Keeps its state inside the session, or draws random numbers. */
  case object State extends Group("state")

  /** Reads a file that must be one of the model's own assets. */
  case object Asset extends Group("asset")

  /** Reads a checkpoint that must be the model's own. */
  case object Restore extends Group("restore")

  /** Accesses files, the network, processes, Python, other devices or other sessions. */
  case object Reach extends Group("reach")

  /** Runs a program that is given as data, so it cannot be checked in advance. */
  case object Program extends Group("program")

  /** Known to crash the process. */
  case object Ends extends Group("ends")

  val Groups: Seq[Group] = Seq(Pure, State, Asset, Restore, Reach, Program, Ends)
}

/** The class of each op of the runtime. */
final private[tfpredict] class OpClasses(val all: Map[String, OpClass]) {

  /** Returns an op's class, or none if the runtime does not have the op. */
  def of(op: String): Option[OpClass] = all.get(op)

  def kindOf(op: String): Option[String] = of(op).flatMap(_.kind)
}

private[tfpredict] object OpClasses {

  /** Reads a table of classes, with one line per op. */
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
