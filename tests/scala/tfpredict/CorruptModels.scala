package tfpredict

import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._
import scala.util.Random

import tfpredict.model.{ModelCache, ModelVerifier}

/**
 * Damages models and uses them: `models work first last (sums|bare)`. Each number damages one file
 * of one model in one way, reproducibly. Prints a line before and after each use, so that the
 * output shows which damage crashed this process.
 *
 * With `bare`, the checksums that `export` writes are deleted first, as in a model exported by
 * another program.
 */
object CorruptModels {

  private val files =
    Seq("saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001")

  def main(args: Array[String]): Unit = {
    val Array(folder, work, first, last, mode) = args
    val models = children(Paths.get(folder))
    for (number <- first.toInt until last.toInt) {
      val random = new Random(number)
      val source = models(random.nextInt(models.size)).resolve("1")
      val target = Paths.get(work, number.toString)
      copy(source, target.resolve("1"))
      if (mode == "bare") Files.delete(target.resolve("1/assets.extra/tfpredict_sha256"))
      val name = files(number % files.size)
      val file = target.resolve("1").resolve(name)
      val before = Files.readAllBytes(file)
      val after = damage(before, random)
      Files.write(file, after)
      println(s"BEGIN\t$number\t${source.getParent.getFileName}\t$name")
      val found = if (java.util.Arrays.equals(before, after)) "same file" else outcome(target)
      println(s"END\t$number\t$found")
      remove(target)
    }
  }

  /** Flips bits, overwrites, removes or duplicates a range, or truncates the end. */
  private def damage(bytes: Array[Byte], random: Random): Array[Byte] = {
    val at = random.nextInt(bytes.length)
    val end = math.min(bytes.length, at + 1 + random.nextInt(64))
    random.nextInt(6) match {
      case 0 => turned(bytes, 1, random)
      case 1 => turned(bytes, 2 + random.nextInt(16), random)
      case 2 =>
        val noise = new Array[Byte](end - at)
        random.nextBytes(noise)
        bytes.patch(at, noise, noise.length)
      case 3 => bytes.patch(at, Nil, end - at)
      case 4 => bytes.patch(at, bytes.slice(at, end), 0)
      case 5 => bytes.take(at)
    }
  }

  private def turned(bytes: Array[Byte], count: Int, random: Random): Array[Byte] = {
    val copy = bytes.clone()
    for (_ <- 0 until count) {
      val at = random.nextInt(copy.length)
      copy(at) = (copy(at) ^ (1 << random.nextInt(8))).toByte
    }
    copy
  }

  private def outcome(model: Path): String =
    try {
      val difference = ModelVerifier.verify(ModelSpec(model.toString)).difference
      if (difference <= ModelVerifier.Tolerance) "right" else s"wrong\t$difference"
    } catch {
      case explained: TfpredictException => s"error\t${explained.getClass.getSimpleName}"
      case other: Throwable => s"unexplained\t$other"
    } finally ModelCache.shared.clear()

  private def children(folder: Path): Seq[Path] = {
    val listed = Files.list(folder)
    try listed.iterator.asScala.toList.sortBy(_.toString)
    finally listed.close()
  }

  private def walk(folder: Path): Seq[Path] = {
    val walked = Files.walk(folder)
    try walked.iterator.asScala.toList
    finally walked.close()
  }

  private def copy(from: Path, to: Path): Unit = walk(from).foreach { path =>
    val target = to.resolve(from.relativize(path).toString)
    if (Files.isDirectory(path)) Files.createDirectories(target) else Files.copy(path, target)
  }

  private def remove(folder: Path): Unit = walk(folder).reverse.foreach(Files.delete)
}
