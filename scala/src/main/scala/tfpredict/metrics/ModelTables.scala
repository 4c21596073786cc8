package tfpredict.metrics

import java.text.SimpleDateFormat
import java.util.{Date, Locale}

import org.apache.spark.ui.tfpredict.ModelsTab.Table

/** The figures as the tables of a page in Spark's UI. */
private[metrics] object ModelTables {

  def of(figures: ClusterFigures, nameOf: ModelVersion => (String, String)): Seq[Table] =
    Seq(models(figures, nameOf), executors(figures, nameOf))

  private def models(figures: ClusterFigures, nameOf: ModelVersion => (String, String)): Table = {
    val rows = figures.models.map { case (model, total) =>
      val (name, version) = nameOf(model)
      Seq(
        name,
        version,
        model.path,
        total.loaded.toString,
        total(Figures.Rows).toString,
        total(Figures.RejectedRows).toString,
        total(Figures.Batches).toString,
        total.quantile(0.5).fold("")(time(_)),
        total.quantile(0.99).fold("")(time(_)),
        total(Figures.FailedRuns).toString,
        total(Figures.Loads).toString,
        total(Figures.FailedLoads).toString
      )
    }
    Table(
      "Models",
      Seq(
        "Model",
        "Version",
        "Path",
        "Loaded copies",
        "Rows",
        "Rejected rows",
        "Batches",
        "Batch time (median)",
        "Batch time (99 %)",
        "Failed runs",
        "Loads",
        "Failed loads"
      ),
      rows
    )
  }

  private def executors(
      figures: ClusterFigures,
      nameOf: ModelVersion => (String, String)
  ): Table = {
    val rows = for ((executor, host, reports) <- figures.reports; report <- reports) yield {
      val (name, version) = nameOf(report.model)
      Seq(
        executor,
        host,
        name,
        version,
        if (report.figures.loaded > 0) "yes" else "no",
        report.lastLoad.fold("")(load => date(load.at)),
        report.lastLoad.fold("")(load => time(load.fetching.toDouble)),
        report.lastLoad.fold("")(load => time(load.loading.toDouble)),
        report.figures(Figures.Rows).toString,
        time(report.figures(Figures.BatchNanos).toDouble)
      )
    }
    Table(
      "Executors",
      Seq(
        "Executor",
        "Host",
        "Model",
        "Version",
        "Loaded",
        "Last load",
        "Fetch time",
        "Load time",
        "Rows",
        "Run time"
      ),
      rows
    )
  }

  private def date(millis: Long): String =
    new SimpleDateFormat("yyyy-MM-dd HH:mm:ss", Locale.ROOT).format(new Date(millis))

  private def time(nanos: Double): String =
    if (nanos >= 1e9) "%.1f s".formatLocal(Locale.ROOT, nanos / 1e9)
    else "%.1f ms".formatLocal(Locale.ROOT, nanos / 1e6)
}
