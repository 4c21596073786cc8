package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{Cast, Expression, GetStructField}
import org.apache.spark.sql.catalyst.util.toPrettySQL
import org.apache.spark.sql.types.{ArrayType, DataType, StructType}

import tfpredict.columns.TensorTypes
import tfpredict.messages.{CallProblem, ErrorClass}
import tfpredict.tensor.{Signature, TensorSpec}

/**
 * Converts a call's arguments to one expression for each input, in the signature's order and of the
 * type that the encoder requires.
 */
private[sql] object Arguments {

  /** Returns the inputs' expressions, or all errors. */
  def resolve(
      arguments: Seq[Expression],
      binding: Binding,
      signature: Signature
  ): Either[Seq[CallProblem], Seq[Expression]] =
    matched(arguments, binding, signature).flatMap { columns =>
      val encoded = columns.map(VectorToArray.unwrap).zip(signature.inputs).map {
        case (column, input) =>
          TensorTypes
            .encodedNull(column.dataType, input)
            .fold(TensorTypes.encodedType(column.dataType, input))(Right(_))
            .map(cast(column, _))
      }
      val wrong = encoded.flatMap(_.left.toSeq)
      if (wrong.isEmpty) Right(encoded.flatMap(_.toSeq)) else Left(wrong)
    }

  private def matched(
      arguments: Seq[Expression],
      binding: Binding,
      signature: Signature
  ): Either[Seq[CallProblem], Seq[Expression]] = {
    val inputs = signature.inputs
    (binding, arguments.map(argument => (argument, argument.dataType))) match {
      case (Binding.Refused(problems), _) => Left(problems)
      case (Binding.ByName(order, _), _) => Right(order.map(arguments))
      case (Binding.ByPosition(isCaseSensitive), Seq((argument, fields: StructType))) =>
        byName(argument, fields, inputs, isCaseSensitive)
      case _ if arguments.size == inputs.size => Right(arguments)
      case _ =>
        val expected = inputs.map(_.label).mkString(", ")
        Left(
          Seq(
            CallProblem(
              ErrorClass.ArgumentCount,
              s"${counted(inputs.size, "argument")}, for $expected, or one struct with " +
                counted(inputs.size, "field"),
              counted(arguments.size, "argument"),
              joined(arguments, inputs).getOrElse("Pass a column for each input of the model.")
            )
          )
        )
    }
  }

  // A table often has a column for each number of the one array that a model takes.
  private def joined(arguments: Seq[Expression], inputs: Seq[TensorSpec]): Option[String] =
    inputs match {
      case Seq(input) if arguments.size > 1 && isArray(TensorTypes.resultType(input)) =>
        val first = arguments.take(3).map(argument => toPrettySQL(argument))
        val all = if (arguments.size > first.size) first :+ "…" else first
        if (arguments.exists(argument => isArray(argument.dataType))) None
        else Some(s"Pass the columns as one array: array(${all.mkString(", ")}).")
      case _ => None
    }

  private def isArray(dataType: DataType): Boolean = dataType.isInstanceOf[ArrayType]

  private def byName(
      argument: Expression,
      fields: StructType,
      inputs: Seq[TensorSpec],
      isCaseSensitive: Boolean
  ): Either[Seq[CallProblem], Seq[Expression]] = {
    val names = inputs.map(_.name)
    val places = fields.fieldNames.map(Binding.find(names, _, isCaseSensitive)).toSeq
    if (places.sorted == inputs.indices) {
      Right(inputs.indices.map(input => GetStructField(argument, places.indexOf(input))))
    } else {
      val onlyCase = isCaseSensitive &&
        fields.fieldNames.map(_.toLowerCase).sorted.sameElements(names.map(_.toLowerCase).sorted)
      val hint = if (onlyCase) " This session is case sensitive." else ""
      Left(
        Seq(
          CallProblem(
            ErrorClass.ArgumentName,
            s"a struct with each of these fields once: ${names.mkString(", ")}",
            fields.simpleString,
            (if (names.size == 1)
               s"Pass the values as one array, or name the struct's field ${names.head}."
             else "Name the struct's fields as the model's inputs.") + hint
          )
        )
      )
    }
  }

  private def counted(count: Int, what: String): String =
    s"$count $what${if (count == 1) "" else "s"}"

  private def cast(column: Expression, dataType: DataType): Expression =
    if (DataType.equalsIgnoreNullability(column.dataType, dataType)) column
    else Cast(column, dataType)
}
