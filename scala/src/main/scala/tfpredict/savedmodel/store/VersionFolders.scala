package tfpredict.savedmodel.store

import scala.util.Try

import tfpredict.savedmodel.format.{SavedModelFile, VariableIndex}

/**
 * The content of a model's folder.
 *
 * @param complete
 *   complete versions, in ascending order
 * @param others
 *   the other names; an incomplete version has the reason, other names have none
 */
final private[savedmodel] case class VersionFolders(
    complete: Seq[Long],
    others: Seq[(String, Option[String])]
)

private[savedmodel] object VersionFolders {

  /**
   * Splits names into version numbers, highest first, and other names. A version may be incomplete.
   *
   * @param names
   *   the names in the folder
   */
  def numbers(names: Seq[String]): (Seq[Long], Seq[String]) = {
    val (versions, others) = names.partition(isVersion)
    (versions.map(_.toLong).sorted.reverse, others)
  }

  /** Checks each name once, since a remote folder is slow to read. */
  def in(root: ModelFolder): VersionFolders = {
    val looked = root.names.map { name =>
      (name, if (isVersion(name)) incomplete(root.resolve(name)) else None)
    }
    val (others, complete) =
      looked.partition { case (name, why) => why.isDefined || !isVersion(name) }
    VersionFolders(complete.map(_._1.toLong).sorted, others)
  }

  // A version is a plain integer, as in TensorFlow Serving.
  private def isVersion(name: String): Boolean = name.matches("0|[1-9][0-9]{0,17}")

  /**
   * The reason why a folder is an incomplete model, judged by its files' names. None if it has all
   * files.
   */
  def incomplete(folder: ModelFolder): Option[String] =
    if (!folder.isDirectory) Some("no such folder")
    else
      folder.length(SavedModelFile.FileName) match {
        case None if folder.length(SavedModelFile.TextName).isDefined =>
          Some(
            s"${SavedModelFile.TextName} and no ${SavedModelFile.FileName}; to write the " +
              s"binary form: ${WrongPlace.exporting(folder)}"
          )
        case None => Some(s"no ${SavedModelFile.FileName}")
        case Some(0) => Some(s"an empty ${SavedModelFile.FileName}")
        // TensorFlow 1 leaves an empty folder if there are no variables.
        case _ => Some(folder.resolve("variables").names).filter(_.nonEmpty).flatMap(missingShard)
      }

  /**
   * The reason why a folder with all its files is still incomplete: a shard is shorter than the
   * index states, since someone is still writing it. Only the index is read. A damaged index gives
   * no reason here.
   */
  def unfinished(folder: ModelFolder): Option[String] = {
    val variables = folder.resolve("variables")
    for {
      _ <- variables.length("variables.index")
      bytes = variables.read("variables.index")
      index <- Try(VariableIndex.parse(bytes)).toOption
      (shard, expected) <- index.shardLengths.toSeq.sorted.find { case (shard, expected) =>
        variables.length(index.shardName(shard)).forall(_ < expected)
      }
      found = variables.length(index.shardName(shard)).getOrElse(0L)
    } yield s"$found of $expected bytes in ${index.shardName(shard)}"
  }

  private val Shard = """variables\.data-(\d{5})-of-(\d{5})""".r

  private def missingShard(names: Seq[String]): Option[String] = {
    val shards = names.collect { case Shard(_, of) => of.toInt }
    if (!names.contains("variables.index")) Some("variables without variables.index")
    else if (shards.isEmpty) Some("variables without a shard")
    else if (shards.size != shards.head) {
      Some(s"${shards.size} of ${shards.head} shards of the variables")
    } else None
  }
}
