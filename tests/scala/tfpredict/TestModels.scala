package tfpredict

import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._
import scala.util.Random

import org.apache.spark.sql.{Row, SparkSession}

import tfpredict.host.AtomicFolder
import tfpredict.savedmodel.store.Checksums

/** The models that `make models` writes, with TensorFlow's own results for some rows. */
object TestModels {
  val made: Path = Paths.get(sys.props("tfpredict.models"))

  require(Files.exists(made.resolve("golden.json")), s"no test models in $made: run 'make models'")

  def spec(name: String): ModelSpec = ModelSpec(made.resolve(name).toString)

  /** A model's rows and TensorFlow's results, each row flat. */
  final case class Golden(rows: Array[Array[Float]], answers: Array[Array[Float]])

  def golden(spark: SparkSession, name: String): Golden = {
    val kept = spark.read.json(made.resolve("golden.json").toString).select(
      s"$name.rows",
      s"$name.answers"
    ).head()
    Golden(flat(kept.getSeq[Any](0)), flat(kept.getSeq[Any](1)))
  }

  /** The models with versions in a folder. */
  def in(folder: Path): Seq[Path] =
    AtomicFolder.names(folder).map(folder.resolve(_))
      .filter(model => Files.isDirectory(model.resolve("1")))

  /** A copy that a test may damage. */
  def copy(name: String): Path = {
    val target = Files.createTempDirectory("model-")
    copyInto(made.resolve(name), target)
    target
  }

  /** A copy without checksums, so that a test may change it as if it had been exported that way. */
  def bare(name: String): Path = {
    val target = copy(name)
    Files.delete(target.resolve("1").resolve(Checksums.Name))
    target
  }

  def copyInto(source: Path, target: Path): Unit = {
    val walk = Files.walk(source)
    try
      walk.iterator.asScala.foreach { file =>
        val to = target.resolve(source.relativize(file).toString)
        if (Files.isDirectory(file)) Files.createDirectories(to) else { Files.copy(file, to); () }
      }
    finally walk.close()
  }

  def random(seed: Int, rows: Int, length: Int): Array[Array[Float]] = {
    val random = new Random(seed)
    Array.fill(rows, length)(random.nextGaussian().toFloat)
  }

  private def flat(rows: Seq[Any]): Array[Array[Float]] = rows.map(numbers(_).toArray).toArray

  private def numbers(value: Any): Seq[Float] = value match {
    case values: scala.collection.Seq[_] => values.flatMap(numbers).toSeq
    case row: Row => row.toSeq.flatMap(numbers)
    case number: Number => Seq(number.floatValue)
    case other => throw new IllegalArgumentException(s"$other is no number")
  }
}
