package tfpredict.savedmodel.fuzz

import java.nio.file.{Files, Path, Paths}

import scala.util.Try

/**
 * The place of a protected page beside each tensor. A kernel that reads beyond the tensor then
 * crashes every time, and not only if other memory happens to end there.
 */
sealed trait Fence {

  /** Environment variables of a process. */
  def environment: Map[String, String]
}

object Fence {
  case object None extends Fence {
    override def environment: Map[String, String] = Map.empty
    override def toString: String = "no fence beside tensors"
  }

  final case class Beside(library: Path, side: String) extends Fence {
    override def environment: Map[String, String] =
      Map("LD_PRELOAD" -> library.toString, "FENCE" -> side)

    override def toString: String = s"a fence $side tensors"
  }

  /** Fences behind and before tensors. Without a C compiler there is no fence. */
  lazy val all: Seq[Fence] =
    library.fold[Seq[Fence]](Seq(None))(file => Seq("behind", "before").map(Beside(file, _)))

  private def library: Option[Path] = {
    val folder = Files.createDirectories(Paths.get("build/fuzz-ops").toAbsolutePath)
    val built = Files.createTempFile(folder, "fence-", ".so")
    built.toFile.deleteOnExit()
    val command =
      Seq("cc", "-O2", "-shared", "-fPIC", "-o", built.toString, "tests/native/fence.c")
    Try(new ProcessBuilder(command: _*).inheritIO().start().waitFor()).toOption.filter(_ == 0)
      .map(_ => built)
  }
}
