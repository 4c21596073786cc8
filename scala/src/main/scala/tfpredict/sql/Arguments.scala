package tfpredict.sql

import org.apache.spark.sql.catalyst.expressions.{Cast, Expression, GetStructField}
import org.apache.spark.sql.types.{DataType, StructType}

import tfpredict.columns.TensorTypes
import tfpredict.{Signature, TensorSpec}

/**
 * What a call's arguments mean for a signature: one expression for each input, in its order, as the
 * encoder wants it. Arguments are positional, or one struct whose fields are matched by name, in
 * any case.
 */
private[sql] object Arguments {

  /** The inputs' expressions, or everything that is wrong. */
  def resolve(
      arguments: Seq[Expression],
      signature: Signature
  ): Either[Seq[String], Seq[Expression]] =
    matched(arguments, signature).right.flatMap { columns =>
      val encoded = columns.map(VectorToArray.unwrap).zip(signature.inputs).map {
        case (column, input) =>
          TensorTypes.encodedType(column.dataType, input).right.map(cast(column, _))
      }
      val wrong = encoded.flatMap(_.left.toSeq)
      if (wrong.isEmpty) Right(encoded.flatMap(_.right.toSeq)) else Left(wrong)
    }

  private def matched(
      arguments: Seq[Expression],
      signature: Signature
  ): Either[Seq[String], Seq[Expression]] = {
    val inputs = signature.inputs
    arguments.map(argument => (argument, argument.dataType)) match {
      case Seq((argument, fields: StructType)) => byName(argument, fields, inputs)
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
      inputs: Seq[TensorSpec]
  ): Either[Seq[String], Seq[Expression]] = {
    def named(input: TensorSpec): Seq[Int] =
      fields.indices.filter(index => fields(index).name.equalsIgnoreCase(input.name))
    val extra =
      fields.fieldNames.filterNot(field => inputs.exists(_.name.equalsIgnoreCase(field)))
    val ambiguous = inputs.filter(named(_).size != 1).map(_.name)
    if (extra.isEmpty && ambiguous.isEmpty) {
      Right(inputs.map(input => GetStructField(argument, named(input).head)))
    } else {
      Left(
        Seq(
          s"expected a struct with the field(s) ${inputs.map(_.name).mkString(", ")}, each once; " +
            s"found ${fields.simpleString}"
        )
      )
    }
  }

  private def cast(column: Expression, dataType: DataType): Expression =
    if (DataType.equalsIgnoreNullability(column.dataType, dataType)) column
    else Cast(column, dataType)
}
