package tfpredict.metrics

import scala.collection.mutable

/**
 * The names of models in metrics: the last folder of the path that is no version, with an
 * underscore for each character that some system of metrics does not take. Not thread-safe.
 */
final private[metrics] class ModelNames {
  private val paths = mutable.HashMap.empty[String, String]

  /** The name of the model at a path. Another path that had the name first keeps it. */
  def of(path: String): String = {
    val plain = ModelNames.plain(path)
    val marked = f"${plain}_${path.hashCode}%08x"
    val isFree = plain != ModelNames.Others && plain.exists(_ != '_') &&
      paths.getOrElseUpdate(plain, path) == path
    if (isFree) plain else marked
  }

  /** Nothing is called by the path's name any more. */
  def free(path: String): Unit = {
    val plain = ModelNames.plain(path)
    if (paths.get(plain).contains(path)) paths -= plain
  }
}

private[metrics] object ModelNames {

  /** The name of [[ModelVersion.Others]]. */
  val Others = "other"

  private def plain(path: String): String = {
    val folders = path.split('/').filter(_.nonEmpty)
    val named = folders.reverseIterator.find(!_.forall(_.isDigit)).getOrElse("")
    named.replaceAll("[^A-Za-z0-9]", "_")
  }
}
