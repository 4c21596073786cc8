package tfpredict.savedmodel.advisories

import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._
import scala.util.parsing.combinator.RegexParsers

/**
 * A small graph and the input that an advisory is about, written in one line:
 *
 * {{{
 * TFSA-2021-127 | v = VarHandleOp dtype=float shape=[0,2]; ResourceGather dtype=float (v, int32[1]{7})
 * }}}
 *
 * Nodes are separated by semicolons and run in order. The last one is the subject of the advisory.
 * An input is a constant (dtype, shape, values that repeat), an earlier node's output, or a list of
 * them in parentheses.
 *
 * A damaged graph cannot be written that way, and is given as protocol buffers' text.
 *
 * @param nodes
 *   none if the graph is text
 * @param line
 *   the line as written
 */
final case class OpCase(advisories: Seq[String], nodes: Seq[OpCase.Node], line: String) {

  /** Whether the case is known to crash its process. */
  def dies: Boolean = line.startsWith(OpCase.Dies)

  /** The text of a damaged graph. */
  def text: Option[String] = if (nodes.isEmpty) Some(line.split(" \\| ", 2)(1)) else None
}

object OpCase {

  sealed trait Fed
  final case class Constant(dtype: String, shape: Seq[Long], values: Seq[String]) extends Fed
  final case class Output(node: String, index: Int) extends Fed
  final case class Several(inputs: Seq[Fed]) extends Fed

  final case class Node(
      name: Option[String],
      op: String,
      attributes: Map[String, String],
      inputs: Seq[Fed]
  )

  def all(file: Path): Seq[OpCase] =
    Files.readAllLines(
      file
    ).asScala.filterNot(line => line.isEmpty || line.startsWith("#")).map(of).toSeq

  private val Dies = "dies "

  def of(line: String): OpCase = line.stripPrefix(Dies).split(" \\| ", 2) match {
    case Array(advisories, text) if text.startsWith("node {") =>
      OpCase(advisories.trim.split(' ').toSeq, Nil, line)
    case Array(advisories, nodes) =>
      Parser.parseAll(Parser.nodes, nodes) match {
        case Parser.Success(found, _) => OpCase(advisories.trim.split(' ').toSeq, found, line)
        case failed => throw new IllegalArgumentException(s"$line: $failed")
      }
    case _ => throw new IllegalArgumentException(s"$line: no advisory before a bar")
  }

  private object Parser extends RegexParsers {
    private val name = "[A-Za-z_][A-Za-z_0-9]*".r
    private val bracketed = """\[[^\]]*\]""".r
    private val value: Parser[String] =
      bracketed | "'[^']*'".r ^^ (_.drop(1).dropRight(1)) | "[^\\s;()]+".r

    private val constant = name ~ bracketed ~ opt("""\{[^}]*\}""".r) ^^ {
      case dtype ~ shape ~ values =>
        val sizes = shape.drop(1).dropRight(1).split(',').filter(_.nonEmpty).map(_.trim.toLong)
        val stated = values.map(_.drop(1).dropRight(1).split(",", -1).toSeq)
        Constant(dtype, sizes.toSeq, stated.getOrElse(Seq(if (dtype == "string") "a" else "1")))
    }

    private val output = name ~ opt(":" ~> "[0-9]+".r) ^^ { case node ~ index =>
      Output(node, index.fold(0)(_.toInt))
    }

    private lazy val several: Parser[Fed] =
      "(" ~> repsep(input, ",") <~ ")" ^^ (inputs => Several(inputs))

    private def input: Parser[Fed] = several | constant | output

    private val attribute = (name <~ "=") ~ value ^^ { case key ~ stated => key -> stated }

    private val node =
      opt(name <~ "=") ~ name ~ rep(attribute) ~ opt("(" ~> repsep(input, ",") <~ ")") ^^ {
        case name ~ op ~ attributes ~ inputs =>
          Node(name, op, attributes.toMap, inputs.getOrElse(Nil))
      }

    val nodes: Parser[List[Node]] = rep1sep(node, ";")
  }
}
