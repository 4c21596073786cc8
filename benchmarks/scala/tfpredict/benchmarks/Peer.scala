package tfpredict.benchmarks

import org.apache.spark.sql.types.FloatType
import org.apache.spark.sql.{DataFrame, Encoders, Row}

/**
 * A model that a program calls by hand in `mapPartitions`: it takes a flat batch of floats and
 * returns one float per row. It is serializable, so its native parts are in an object of the JVM.
 */
trait Peer extends Serializable {

  /**
   * @param values
   *   the batch, row after row
   * @param rows
   *   how many rows it has
   */
  def run(values: Array[Float], rows: Int): Array[Float]
}

object Peer {

  /** The table with a column `y`, by batches of `batch` rows of its array column `column`. */
  def predict(peer: Peer, table: DataFrame, column: String, width: Int, batch: Int): DataFrame = {
    val place = table.schema.fieldIndex(column)
    val encoder = Encoders.row(table.schema.add("y", FloatType))
    val predicted = (rows: Iterator[Row]) =>
      rows.grouped(batch).flatMap { group =>
        val values = new Array[Float](group.size * width)
        for ((row, at) <- group.iterator.zipWithIndex)
          row.getSeq[Float](place).copyToArray(values, at * width, width)
        val answers = peer.run(values, group.size)
        group.iterator.zip(answers.iterator).map { case (row, y) => Row.fromSeq(row.toSeq :+ y) }
      }
    table.mapPartitions(predicted)(encoder)
  }
}
