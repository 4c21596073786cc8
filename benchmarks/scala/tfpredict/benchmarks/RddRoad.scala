package tfpredict.benchmarks

import org.apache.spark.sql.DataFrame

import tfpredict.ModelSpec
import tfpredict.rdd.{FloatRows, RddPredictor}

/** The RDD road, with a table's only column as its rows and a table as its result. */
final class RddRoad(path: String) {
  private val predictor = new RddPredictor(ModelSpec(path))

  def predict(table: DataFrame): DataFrame = {
    import table.sparkSession.implicits._
    predictor.predict(FloatRows.of(table, table.columns.head)).toDF("y")
  }
}

object RddRoad {

  /** The way into an RDD and out of it, with no model on it. */
  def scan(table: DataFrame): DataFrame = {
    import table.sparkSession.implicits._
    FloatRows.of(table, table.columns.head).toDF("y")
  }
}
