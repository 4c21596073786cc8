package tfpredict.columns

import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.messages.{CallProblem, ErrorClass}
import tfpredict.tensor.{DType, Signature, TensorShape, TensorSpec}
import tfpredict.{ModelSpec, SignatureException}

class TensorTypesSuite extends AnyFunSuite {
  private val model = ModelSpec("/models/m", Some(3L))

  private def tensor(dims: Long*): TensorSpec =
    TensorSpec("x", "x:0", DType.Float32, TensorShape.of(dims: _*))

  private def array(element: DataType, depth: Int): DataType =
    if (depth == 0) element else ArrayType(array(element, depth - 1))

  private def accepts(column: DataType, input: TensorSpec): Either[CallProblem, DataType] =
    TensorTypes.encodedType(column, input)

  test("[batch] and [batch, 1] are scalars, more dimensions are arrays") {
    def result(dims: Long*) = TensorTypes.resultType(tensor(dims: _*))
    assert(result(-1) == FloatType)
    assert(result(-1, 1) == FloatType)
    assert(result(-1, 3) == ArrayType(FloatType, containsNull = false))
    assert(TensorTypes.depth(result(-1, 1, 1)) == 2)
    assert(TensorTypes.depth(result(-1, 4, 3, 2)) == 3)
  }

  test("a column is nested as the tensor is, or flat") {
    val image = tensor(-1, 4, 3, 2)
    assert(accepts(array(FloatType, 3), image).map(TensorTypes.depth) == Right(3))
    assert(accepts(array(FloatType, 1), image).map(TensorTypes.depth) == Right(1))
    val wrong = accepts(array(FloatType, 2), image)
    assert(
      wrong == Left(
        CallProblem(
          ErrorClass.ColumnType,
          "array<array<array<float>>> or array<float> for input x (float32[?, 4, 3, 2])",
          "array<array<float>> for x",
          "CAST the column, or pass another one."
        )
      )
    )
  }

  private val numbers =
    Seq(ByteType, ShortType, IntegerType, LongType, FloatType, DoubleType, DecimalType(5, 2))
  private val others = Seq(StringType, BooleanType, BinaryType, DateType, NullType)

  private def castTo(dtype: DType): Seq[DataType] =
    (numbers ++ others).filter(c => accepts(array(c, 1), tensor(-1, 2).copy(dtype = dtype)).isRight)

  test("any number is cast to a float, to an integer only types that always fit") {
    assert(castTo(DType.Float32) == numbers)
    assert(castTo(DType.Float64) == numbers)
    assert(castTo(DType.Int64) == numbers.take(4))
    assert(castTo(DType.Int32) == numbers.take(3))
    assert(castTo(DType.UInt8) == numbers.take(2))
    assert(castTo(DType.Bool) == Seq(BooleanType))
    assert(castTo(DType.Utf8) == Seq(StringType, BinaryType))
  }

  test("vectors of spark.mllib are refused with the conversion to spark.ml") {
    val old = accepts(new org.apache.spark.mllib.linalg.VectorUDT, tensor(-1, 3)).left.get
    assert(old.found == "vector of spark.mllib for x" && old.fix.startsWith("Convert the column"))
  }

  test("a column of nulls takes the tensor's nesting, and an array of nulls is an array") {
    val image = tensor(-1, 4, 3, 2)
    def depth(column: DataType, of: TensorSpec) =
      TensorTypes.encodedNull(column, of).map(TensorTypes.depth)
    assert(depth(NullType, image).contains(3))
    assert(depth(array(NullType, 1), image).contains(1))
    assert(depth(array(NullType, 2), image).contains(3))
    assert(depth(array(NullType, 4), image).isEmpty)
    assert(depth(NullType, tensor(-1)).contains(0) && depth(NullType, tensor(-1, 1)).contains(1))
    assert(depth(FloatType, image).isEmpty)
  }

  test("a column for open dimensions is nested, never flat") {
    assert(accepts(array(LongType, 1), tensor(-1, -1)).isRight)
    assert(accepts(array(FloatType, 2), tensor(-1, -1, 3)).isRight)
    assert(accepts(array(FloatType, 1), tensor(-1, -1, 3)).isLeft)
  }

  test("a number fits [batch] and [batch, 1] only") {
    assert(accepts(DoubleType, tensor(-1)) == Right(FloatType))
    assert(accepts(DoubleType, tensor(-1, 1)) == Right(FloatType))
    assert(accepts(DoubleType, tensor(-1, 2)).isLeft)
    assert(accepts(array(FloatType, 1), tensor(-1)).isLeft)
  }

  test("tensors without a column type are refused by name") {
    def refused(tensor: TensorSpec): String =
      intercept[SignatureException](TensorTypes.check(model, tensor)).getMessage
    val complex = tensor(-1, 2).copy(dtype = DType.ofNumber(8))
    val message = refused(complex)
    assert(message.startsWith(
      "[TFPREDICT_SIGNATURE_UNSUPPORTED] The signature does not fit columns and rows. " +
        "Model: /models/m (version 3, signature serving_default). Expected: "
    ))
    assert(message.contains("Found: x (complex64[?, 2])"))
    for (name <- Seq("int8" -> 6, "int16" -> 5, "complex64" -> 8, "dtype#99" -> 99))
      assert(refused(tensor(-1, 2).copy(dtype = DType.ofNumber(name._2))).contains(name._1))
    assert(refused(tensor()).contains("first dimension is the batch"))
    assert(refused(tensor(0, 2)).contains("at least one row"))
    assert(refused(tensor(-1).copy(shape =
      TensorShape(None)
    )).contains("Found: x (float32[any rank])"))
    assert(refused(tensor(-1, 100000, 100000)).contains("fewer elements"))
  }

  test("an output must have a result for each row, or be left out by name") {
    val x = tensor(-1, 2)
    def named(name: String, dims: Long*): TensorSpec = tensor(dims: _*).copy(name = name)
    def check(inputs: Seq[TensorSpec], outputs: TensorSpec*): Unit = {
      val signature = Signature("serve", inputs.toVector, outputs.toVector)
      outputs.foreach(TensorTypes.checkOutput(model, _, signature))
    }
    check(Seq(x), named("y", -1), named("one", 1, 7))
    check(Seq(tensor(3, 2)), named("y", 3), named("z", -1))
    for (dims <- Seq(Nil, Seq(3L), Seq(2L, 7L))) {
      val refused =
        intercept[SignatureException](check(Seq(x), named("y", -1), named("odd", dims: _*)))
      assert(
        refused.getMessage.contains("an output with a result for each row. Found: odd (float32[")
      )
      assert(refused.fix.startsWith("Leave it out with outputs=[\"y\"], or export the model"))
    }
    intercept[SignatureException](check(Seq(tensor(3, 2)), named("y", 1)))
    val alone = intercept[SignatureException](check(Seq(x), named("loss")))
    assert(alone.fix.startsWith("Export the model with a result for each row"))
  }

  test("a fix has a shape that this tensor could have") {
    def ofInput(tensor: TensorSpec): String =
      intercept[SignatureException](TensorTypes.check(model, tensor)).fix
    assert(ofInput(tensor()) ==
      "Export the model with one for each row, [None], or with a constant in its place.")
    assert(ofInput(tensor(0, 3, -1)) == "Export the model with an open batch, [None, 3, None].")
    assert(ofInput(tensor(-1).copy(shape =
      TensorShape(None)
    )).contains("such as [None], or [None, "))
    def ofOutput(input: TensorSpec, dims: Long*): String = {
      val output = tensor(dims: _*)
      val signature = Signature("serve", Vector(input), Vector(output))
      intercept[SignatureException](
        TensorTypes.checkOutput(model, output, signature)
      ).fix
    }
    val x = tensor(-1, 2)
    assert(ofOutput(x) == "Export the model with a result for each row, [None].")
    assert(ofOutput(x, 5, -1) == "Export the model with a result for each row, [None, 5, None].")
    assert(ofOutput(tensor(4, 2), 3, 7) == "Export the model with a result for each row, [4, 7].")
  }
}
