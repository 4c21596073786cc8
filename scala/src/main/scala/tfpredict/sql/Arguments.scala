package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{Cast, Expression, GetStructField}
import org.apache.spark.sql.types.{DataType, StructType}

import tfpredict.columns.TensorTypes
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
  ): Either[Seq[String], Seq[Expression]] =
    matched(arguments, binding, signature).flatMap { columns =>
      val encoded = columns.map(VectorToArray.unwrap).zip(signature.inputs).map {
        case (column, input) =>
          val known = TensorTypes.encodedNull(column.dataType, input).toRight("")
          known.left
            .flatMap(_ => TensorTypes.encodedType(column.dataType, input))
            .map(cast(column, _))
      }
      val wrong = encoded.flatMap(_.left.toSeq)
      if (wrong.isEmpty) Right(encoded.flatMap(_.toSeq)) else Left(wrong)
    }

  private def matched(
      arguments: Seq[Expression],
      binding: Binding,
      signature: Signature
  ): Either[Seq[String], Seq[Expression]] = {
    val inputs = signature.inputs
    (binding, arguments.map(argument => (argument, argument.dataType))) match {
      case (Binding.Refused(reason), _) => Left(Seq(reason))
      case (Binding.ByName(order, _), _) => Right(order.map(arguments))
      case (Binding.ByPosition(isCaseSensitive), Seq((argument, fields: StructType))) =>
        byName(argument, fields, inputs, isCaseSensitive)
      case _ if arguments.size == inputs.size => Right(arguments)
      case _ =>
        val expected = inputs.map(_.describe).mkString(", ")
        Left(
          Seq(
            s"expected ${inputs.size} argument(s), for the input(s) $expected, or one struct of " +
              s"them; found ${arguments.size}"
          )
        )
    }
  }

  private def byName(
      argument: Expression,
      fields: StructType,
      inputs: Seq[TensorSpec],
      isCaseSensitive: Boolean
  ): Either[Seq[String], Seq[Expression]] = {
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
          s"expected a struct with the field(s) ${names.mkString(", ")}, each once; " +
            s"found ${fields.simpleString}.$hint"
        )
      )
    }
  }

  private def cast(column: Expression, dataType: DataType): Expression =
    if (DataType.equalsIgnoreNullability(column.dataType, dataType)) column
    else Cast(column, dataType)
}
