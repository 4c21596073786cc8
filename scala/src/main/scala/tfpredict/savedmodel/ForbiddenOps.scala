package tfpredict.savedmodel

/**
 * Ops that reach out of the model: a SavedModel is a program, and one op of it can read any file
 * that the executor may read. They are refused unless `spark.tfpredict.ops.allowed` names them.
 */
private[savedmodel] object ForbiddenOps {

  private val reasons: Seq[(String, Set[String])] = Seq(
    "reads or writes files" -> Set(
      "ReadFile",
      "WriteFile",
      "MatchingFiles",
      "Save",
      "SaveV2",
      "SaveSlices",
      "MergeV2Checkpoints",
      "Restore",
      "RestoreV2",
      "RestoreSlice",
      "InitializeTableFromTextFile",
      "InitializeTableFromTextFileV2",
      "CreateSummaryFileWriter",
      "CreateSummaryDbWriter",
      "CacheDataset",
      "CacheDatasetV2",
      "SqlDataset",
      "ExperimentalSqlDataset",
      "ExperimentalMatchingFilesDataset",
      "MatchingFilesDataset"
    ),
    "runs Python" -> Set("PyFunc", "PyFuncStateless", "EagerPyFunc"),
    "reaches another process" -> Set("RemoteCall", "_Send", "_Recv", "_HostSend", "_HostRecv"),
    "ends the process" -> Set("Abort")
  )

  // Families of ops, by what their names end in.
  private val endings: Seq[(String, String)] = Seq(
    "Reader" -> "reads files",
    "ReaderV2" -> "reads files",
    "LineDataset" -> "reads files",
    "RecordDataset" -> "reads files",
    "RecordDatasetV2" -> "reads files",
    "LMDBDataset" -> "reads files",
    "CSVDataset" -> "reads files"
  )

  /** What an op does that a model must not, by default. */
  def reason(op: String): Option[String] =
    reasons.collectFirst { case (why, ops) if ops(op) => why }.orElse {
      endings.collectFirst { case (ending, why) if op.endsWith(ending) => why }
    }
}
