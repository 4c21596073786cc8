package tfpredict.savedmodel.advisories

import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._
import scala.util.parsing.combinator.RegexParsers

/**
 * A small graph and the kind of input that an advisory is about, written in one line:
 *
 * {{{
 * TFSA-2021-127 | v = VarHandleOp dtype=float shape=[0,2]; ResourceGather dtype=float (v, int32[1]{7})
 * }}}
 *
 * Nodes are divided by semicolons and run in their order; the last is what the advisory is about.
 * An input is a constant (dtype, shape, values that repeat), an earlier node's output, or a list of
 * them in parentheses.
 *
 * A graph that no such line can say, since it is damaged, is written as protocol buffers' text.
 *
 * @param nodes
 *   none where the graph is text
 * @param line
 *   as it is written
 */
final case class OpCase(advisories: Seq[String], nodes: Seq[OpCase.Node], line: String) {

  /** Whether it is known to end the process that runs it. */
  def dies: Boolean = line.startsWith(OpCase.Dies)

  /** A damaged graph's text. */
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
