package tfpredict.savedmodel.store

import scala.util.Try

import tfpredict.savedmodel.format.{SavedModelFile, VariableIndex}

/**
 * What is in a model's folder.
 *
 * @param complete
 *   versions that are whole, in their order
 * @param others
 *   names of the rest, and why each is no whole version, if it is a version at all
 */
final private[savedmodel] case class VersionFolders(
    complete: Seq[Long],
    others: Seq[(String, Option[String])]
)

private[savedmodel] object VersionFolders {

  /**
   * Numbers of a folder's versions, whole or not, the highest first; and the names of the rest.
   *
   * @param names
   *   of what is in it
   */
  def numbers(names: Seq[String]): (Seq[Long], Seq[String]) = {
    val (versions, others) = names.partition(isVersion)
    (versions.map(_.toLong).sorted.reverse, others)
  }

  /** Looks at each name once: a folder of another host is far away. */
  def in(root: ModelFolder): VersionFolders = {
    val looked = root.names.map { name =>
      (name, if (isVersion(name)) incomplete(root.resolve(name)) else None)
    }
    val (others, complete) =
      looked.partition { case (name, why) => why.isDefined || !isVersion(name) }
    VersionFolders(complete.map(_._1.toLong).sorted, others)
  }

  // As TensorFlow Serving has it: a plain integer; anything else in the folder is not a version.
  private def isVersion(name: String): Boolean = name.matches("0|[1-9][0-9]{0,17}")

  /** Why a folder is not a whole model, as far as its files' names tell. */
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
        // TensorFlow 1 leaves an empty folder where there are no variables.
        case _ => Some(folder.resolve("variables").names).filter(_.nonEmpty).flatMap(missingShard)
      }

  /**
   * Why a folder that has all its files is not whole yet: a shard is shorter than the index says,
   * as one is that is being written. Reads the index; one that is damaged tells nothing here.
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
