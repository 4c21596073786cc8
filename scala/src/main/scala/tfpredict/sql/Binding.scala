package tfpredict.sql

import org.apache.spark.sql.catalyst.analysis.{
  Resolver,
  TempResolvedColumn,
  UnresolvedAttribute,
  UnresolvedExtractValue,
  caseInsensitiveResolution,
  caseSensitiveResolution
}
import org.apache.spark.sql.catalyst.expressions.{
  Alias,
  AttributeReference,
  Cast,
  Expression,
  GetArrayStructFields,
  GetMapValue,
  GetStructField,
  LateralColumnAliasReference,
  Literal,
  NamedArgumentExpression,
  NamedExpression,
  NamedLambdaVariable,
  OuterReference,
  UnresolvedNamedLambdaVariable
}
import org.apache.spark.sql.types.{StringType, StructType}

import tfpredict.messages.{CallProblem, ErrorClass}

/**
 * The assignment of a call's arguments to inputs. It is made once, from the query's own column
 * names, since the optimizer renames columns later.
 */
sealed private[sql] trait Binding

private[sql] object Binding {

  /**
   * One argument for each input, in the inputs' order, or one struct whose fields are matched by
   * name.
   */
  final case class ByPosition(isCaseSensitive: Boolean) extends Binding

  /**
   * Arguments matched by name.
   *
   * @param order
   *   for each input the index of its argument
   * @param written
   *   the inputs that the query names, as in `f(age => x)`. Their arguments are the last ones.
   */
  final case class ByName(order: Seq[Int], written: Seq[String]) extends Binding

  /** An invalid call. Spark's type check reports the reason. */
  final case class Refused(problems: Seq[CallProblem]) extends Binding

  /** Returns the arguments' values, and their assignment to inputs. */
  def of(
      arguments: Seq[Expression],
      inputs: Seq[String],
      isCaseSensitive: Boolean
  ): (Seq[Expression], Binding) = {
    val names = new Names(inputs, isCaseSensitive)
    val (positional, rest) = arguments.span(!_.isInstanceOf[NamedArgumentExpression])
    val named = rest.collect { case argument: NamedArgumentExpression => argument }
    val binding =
      if (rest.isEmpty) names.ofColumns(positional)
      else if (named.size < rest.size)
        names.refused(
          "arguments without a name before those with a name",
          s"one after ${named.head.key} => …",
          "Put it before."
        )
      else names.ofWritten(positional, named.map(_.key))
    (positional ++ named.map(_.value) ++ rest.filterNot(named.contains), binding)
  }

  /** Returns the index of a name, or -1 if there is none or it is ambiguous. */
  def find(names: Seq[String], name: String, isCaseSensitive: Boolean): Int = {
    val exact = names.indexOf(name)
    val resolver: Resolver =
      if (isCaseSensitive) caseSensitiveResolution else caseInsensitiveResolution
    if (exact >= 0) exact
    else {
      names.indices.filter(index => resolver(names(index), name)) match {
        case Seq(only) => only
        case _ => -1
      }
    }
  }

  final private class Names(inputs: Seq[String], isCaseSensitive: Boolean) {

    /** Matches by name if each column has the name of a different input, otherwise by position. */
    def ofColumns(arguments: Seq[Expression]): Binding = {
      val places = arguments.map(argument => nameOf(argument).fold(-1)(place))
      if (arguments.size != inputs.size || inputs.size < 2) ByPosition(isCaseSensitive)
      else if (places.sorted == inputs.indices) ByName(inputs.indices.map(places.indexOf(_)), Nil)
      else misplaced(arguments).getOrElse(ByPosition(isCaseSensitive))
    }

    /** Matches as SQL does: arguments by position come first, arguments by name follow. */
    def ofWritten(positional: Seq[Expression], keys: Seq[String]): Binding = {
      val places = positional.indices ++ keys.map(place)
      val unknown = keys.filter(place(_) < 0)
      val twice = places.diff(places.distinct).filter(inputs.indices.contains(_)).distinct
      val missing = inputs.indices.diff(places)
      val wrong = Seq(
        unknown.map(key => s"$key, which is no input"),
        twice.map(place => s"the input ${inputs(place)} twice"),
        if (unknown.nonEmpty) Nil
        else missing.map(place => s"no argument for the input ${inputs(place)}"),
        if (positional.size <= inputs.size) Nil
        else Seq(s"${positional.size} arguments without a name")
      ).flatten
      if (wrong.nonEmpty)
        refused(each, wrong.mkString("; "), "Give each input one argument.")
      else {
        misplaced(positional).getOrElse(ByName(inputs.indices.map(places.indexOf(_)), keys))
      }
    }

    private def place(name: String): Int = find(inputs, name, isCaseSensitive)

    // Refuses a column with the name of another input, since that is nearly always a mistake and
    // would go unnoticed. A cast of such a column is refused too, if the arguments are all inputs'
    // columns in another order. If all arguments are the same column, any order is right.
    private def misplaced(arguments: Seq[Expression]): Option[Refused] = {
      val uncasted = arguments.map(argument => nameOf(uncast(argument)))
      val isOrder = uncasted.map(_.fold(-1)(place)).sorted == inputs.indices
      val names = if (isOrder) uncasted else arguments.map(nameOf)
      val same = arguments.forall(_.semanticEquals(arguments.head))
      val wrong = names.zipWithIndex.collectFirst {
        case (Some(name), index)
            if index < inputs.size && place(name) >= 0 && place(name) != index =>
          (name, index)
      }
      wrong.filterNot(_ => same && arguments.size == inputs.size).map { case (name, index) =>
        refused(
          each,
          s"the column $name as argument ${index + 1}, which by position is the input " +
            s"${inputs(index)} and by name ${inputs(place(name))}",
          s"Name the inputs: (${inputs.map(input => s"$input => …").mkString(", ")}), or pass one " +
            "struct with these fields."
        )
      }
    }

    private def each: String = s"each of the inputs ${inputs.mkString(", ")} once"

    def refused(expected: String, found: String, fix: String): Refused =
      Refused(Seq(CallProblem(ErrorClass.ArgumentName, expected, found, fix)))
  }

  private def uncast(argument: Expression): Expression = argument match {
    case cast: Cast => uncast(cast.child)
    case other => other
  }

  /** Returns the name of a plain column or of its field, whether it is resolved or not. */
  private def nameOf(argument: Expression): Option[String] = argument match {
    case column: UnresolvedAttribute => column.nameParts.lastOption
    case column: TempResolvedColumn => nameOf(column.child)
    case column: LateralColumnAliasReference => column.nameParts.lastOption
    case column: UnresolvedNamedLambdaVariable => column.nameParts.lastOption
    case column @ (_: Alias | _: AttributeReference | _: NamedLambdaVariable | _: OuterReference) =>
      Some(column.asInstanceOf[NamedExpression].name)
    case UnresolvedExtractValue(_, name: Literal) => text(name)
    case field: GetStructField =>
      field.child.dataType match {
        case struct: StructType => Some(field.name.getOrElse(struct(field.ordinal).name))
        case _ => field.name
      }
    case fields: GetArrayStructFields => Some(fields.field.name)
    case GetMapValue(_, name: Literal) => text(name)
    case _ => None
  }

  private def text(name: Literal): Option[String] =
    if (name.dataType.isInstanceOf[StringType]) Option(name.value).map(_.toString) else None
}
