package tfpredict.columns

import org.apache.spark.sql.types._
import org.scalatest.funsuite.AnyFunSuite

import tfpredict.{DType, ModelSpec, SignatureException, TensorShape, TensorSpec}

class TensorTypesSuite extends AnyFunSuite {
  private val model = ModelSpec("/models/m", Some(3L))

  private def tensor(dims: Long*): TensorSpec =
    TensorSpec("x", "x:0", DType.Float32, TensorShape.of(dims: _*))

  private def array(element: DataType, depth: Int): DataType =
    if (depth == 0) element else ArrayType(array(element, depth - 1))

  private def accepts(column: DataType, input: TensorSpec): Either[String, DataType] =
    TensorTypes.encodedType(column, input, TensorTypes.innerShape(model, input))

  test("[batch] and [batch, 1] are scalars, more dimensions are arrays") {
    def result(dims: Long*) = TensorTypes.resultType(model, tensor(dims: _*))
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
        "input x float32[?, 4, 3, 2] expected array<array<array<float>>> or array<float>, " +
          "found array<array<float>>"
      )
    )
  }

  test("any number is cast, nothing else is") {
    for (
      number <-
        Seq(FloatType, DoubleType, IntegerType, LongType, ShortType, ByteType, DecimalType(5, 2))
    )
      assert(accepts(
        array(number, 1),
        tensor(-1, 2)
      ) == Right(ArrayType(FloatType, containsNull = false)))
    for (other <- Seq(StringType, BooleanType, BinaryType, DateType, NullType))
      assert(accepts(array(other, 1), tensor(-1, 2)).isLeft, other)
  }

  test("a number serves [batch] and [batch, 1], and no more") {
    assert(accepts(DoubleType, tensor(-1)) == Right(FloatType))
    assert(accepts(DoubleType, tensor(-1, 1)) == Right(FloatType))
    assert(accepts(DoubleType, tensor(-1, 2)).isLeft)
    assert(accepts(array(FloatType, 1), tensor(-1)).isLeft)
  }

  test("what has no column is refused by name") {
    def refused(tensor: TensorSpec): String =
      intercept[SignatureException](TensorTypes.innerShape(model, tensor)).getMessage
    val strings = tensor(-1, 2).copy(dtype = DType.ofNumber(7))
    assert(refused(
      strings
    ).startsWith("model /models/m (version 3, signature serving_default): expected"))
    assert(refused(strings).contains("found x string[?, 2]"))
    assert(refused(tensor(-1, 2).copy(dtype =
      DType.ofNumber(99)
    )).contains("found x dtype#99[?, 2]"))
    assert(refused(tensor(-1, -1)).contains("known dimensions behind the batch"))
    assert(refused(tensor(8, 2)).contains("an unknown batch dimension"))
    assert(refused(tensor()).contains("first dimension is the batch"))
    assert(refused(tensor(-1).copy(shape = TensorShape(None))).contains("found x float32[?]"))
    assert(refused(tensor(-1, 100000, 100000)).contains("fewer numbers"))
  }
}
