package tfpredict

import org.apache.spark.sql.SparkSession
import org.scalatest.BeforeAndAfterAll
import org.scalatest.funsuite.AnyFunSuite

/** A suite with one SparkSession for all its tests. */
trait SparkSuite extends AnyFunSuite with BeforeAndAfterAll with Closeness {

  /** Additional settings of the session. */
  protected def settings: Map[String, String] = Map.empty

  @transient lazy val spark: SparkSession =
    SparkSession
      .builder()
      .master("local[2]")
      .appName(getClass.getSimpleName)
      .config("spark.ui.enabled", "false")
      .config("spark.sql.shuffle.partitions", "4")
      .config("spark.sql.warehouse.dir", s"${sys.props("java.io.tmpdir")}/warehouse")
      .config(settings)
      .getOrCreate()

  override protected def afterAll(): Unit = {
    spark.stop()
    super.afterAll()
  }

  /**
   * The first exception of this class among the causes, or the failure itself: Spark 4 throws an
   * exception that has an error class as it is, where Spark 3.5 wraps it in a SparkException.
   */
  def causeOf[E <: Throwable](failed: Throwable)(implicit kind: reflect.ClassTag[E]): E =
    Iterator
      .iterate(failed)(_.getCause)
      .takeWhile(_ != null)
      .collectFirst { case kind(found) => found }
      .getOrElse(throw new AssertionError(s"no ${kind.runtimeClass} behind $failed", failed))
}
