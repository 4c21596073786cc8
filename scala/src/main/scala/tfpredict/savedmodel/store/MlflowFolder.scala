package tfpredict.savedmodel.store

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.Files

import tfpredict.messages.ErrorClass
import tfpredict.savedmodel.format.SavedModelFile
import tfpredict.{ModelNotFoundException, ModelSpec}

/**
 * The folder of an MLflow model. Its file `MLmodel` lists the model's flavours, and the model's
 * files are below it. Two flavours may hold a SavedModel: `tensorflow` and `keras`.
 */
private[savedmodel] object MlflowFolder {
  val FileName = "MLmodel"

  // MLflow's name for a saved Keras model.
  private val KerasName = "model"
  // More than a signature of thousands of columns takes.
  private val MostBytes = 16L << 20

  /**
   * The SavedModel's folder inside an MLflow model. Any other folder is returned as it is.
   *
   * @param names
   *   names of the folder's files
   * @throws ModelNotFoundException
   *   if it is an MLflow model without a SavedModel, or its `MLmodel` has another form
   */
  def savedModel(spec: ModelSpec, root: ModelFolder, names: Seq[String]): ModelFolder =
    if (!names.contains(FileName) || names.contains(SavedModelFile.FileName)) root
    else flavour(spec, root).fold(noFlavour(spec, root), of(spec, root, _))

  /** The same, for a folder that is not listed yet. */
  def savedModel(spec: ModelSpec, root: ModelFolder): ModelFolder =
    if (root.length(FileName).isEmpty) root else savedModel(spec, root, root.names)

  private def flavour(
      spec: ModelSpec,
      root: ModelFolder
  ): Either[Seq[String], Map[String, String]] =
    MlmodelFile.flavours(text(spec, root)) match {
      case Left(odd) =>
        refuse(
          spec,
          s"a file $root/$FileName as MLflow writes it",
          odd,
          "Give the path of the SavedModel's folder below it."
        )
      case Right(flavours) =>
        flavours.get("tensorflow").orElse(flavours.get("keras")).toRight(flavours.keys.toSeq.sorted)
    }

  // A pipe would never end.
  private def text(spec: ModelSpec, root: ModelFolder): String = {
    val isPlain = root.local.forall(folder => Files.isRegularFile(folder.resolve(FileName)))
    if (!isPlain || !root.length(FileName).exists(_ <= MostBytes))
      refuse(
        spec,
        s"a plain file $root/$FileName of at most ${MostBytes >> 20} MB",
        "another",
        "Give the path of the SavedModel's folder below it."
      )
    new String(root.read(FileName), UTF_8)
  }

  private def noFlavour(spec: ModelSpec, root: ModelFolder)(found: Seq[String]): ModelFolder =
    refuse(
      spec,
      s"the flavour tensorflow or keras in $root/$FileName",
      if (found.isEmpty) "no flavour" else s"the flavours ${found.mkString(", ")}",
      "Log the model with mlflow.tensorflow, or with mlflow.keras and save_exported_model=True."
    )

  private def of(spec: ModelSpec, root: ModelFolder, keys: Map[String, String]): ModelFolder =
    keys.get("saved_model_dir").orElse(keys.get("data")) match {
      case None =>
        refuse(
          spec,
          s"saved_model_dir or data in $root/$FileName",
          s"only ${keys.keys.toSeq.sorted.mkString(", ")}",
          "Give the path of the SavedModel's folder below it."
        )
      case Some(name) if !isInside(name) =>
        refuse(
          spec,
          s"a folder below $root in $FileName",
          s"the path $name",
          "Use a model of a source that you trust."
        )
      case Some(name) =>
        val named = root.resolve(name)
        val found = Seq(named.resolve(KerasName), named)
          .find(_.length(SavedModelFile.FileName).isDefined)
          .getOrElse(noSavedModel(spec, root, named))
        if (leadsOut(root, found))
          refuse(
            spec,
            s"a folder below $root",
            s"a link, $found",
            "Give the path of the folder that the link leads to."
          )
        found
    }

  private def noSavedModel(spec: ModelSpec, root: ModelFolder, named: ModelFolder): ModelFolder = {
    val file = named.names.find(_.matches(s"$KerasName\\.(keras|h5)")).map(named.resolve)
    refuse(
      spec,
      s"a SavedModel in the MLflow model $root",
      file.fold(s"none in $named")(found => s"the Keras file $found"),
      file.fold("Log the model again, with mlflow.tensorflow.")(found =>
        s"Write it as a SavedModel, in the shell: ${WrongPlace.exporting(found)}, or log it with " +
          "mlflow.keras and save_exported_model=True."
      )
    )
  }

  private def leadsOut(root: ModelFolder, found: ModelFolder): Boolean =
    (root.local, found.local) match {
      case (Some(outer), Some(inner)) => !inner.toRealPath().startsWith(outer.toRealPath())
      case _ => false
    }

  // A model's files are its own: no path of MLmodel leads out of its folder.
  private def isInside(name: String): Boolean =
    name.split("/").forall(part => part.matches("[\\w.-]+") && part != "..")

  private def refuse(spec: ModelSpec, expected: String, found: String, fix: String): Nothing =
    throw new ModelNotFoundException(ErrorClass.ModelFormat, spec.label, expected, found, fix)
}
