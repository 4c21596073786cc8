package org.apache.spark.ui.tfpredict

import scala.xml.Node

import org.apache.spark.SparkContext
import org.apache.spark.ui.{SparkUI, SparkUITab, UIUtils, WebUIPage}

/** A tab of tables in the UI of an application that runs, which Spark keeps to its own packages. */
object ModelsTab {

  /** All of it is text: what a model is called is no HTML. */
  final case class Table(title: String, columns: Seq[String], rows: Seq[Seq[String]])

  /** Does nothing where the application has no UI. */
  def attach(spark: SparkContext, tables: () => Seq[Table]): Unit =
    spark.ui.foreach(ui => ui.attachTab(new ModelsTab(ui, tables)))
}

private class ModelsTab(ui: SparkUI, tables: () => Seq[ModelsTab.Table])
    extends SparkUITab(ui, "models") {
  attachPage(new ModelsPage(this, tables))
}

private class ModelsPage(tab: SparkUITab, tables: () => Seq[ModelsTab.Table])
    extends WebUIPage("") {

  override def render(request: Servlets.Request): Seq[Node] =
    framed(request, tables().flatMap(shown))

  private def shown(table: ModelsTab.Table): Seq[Node] =
    <h4>{table.title}</h4> ++ UIUtils.listingTable[Seq[String]](table.columns, row, table.rows)

  private def row(cells: Seq[String]): Seq[Node] = <tr>{cells.map(cell => <td>{cell}</td>)}</tr>

  /* Spark 4.2 gave this method a parameter more than Spark 4.0 has, and one jar is for both. All
   * that follow the fourth have defaults. */
  private def framed(request: Servlets.Request, content: => Seq[Node]): Seq[Node] = {
    val name = "headerSparkPage"
    val frame = UIUtils.getClass.getMethods.find(_.getName == name).get
    val own = Seq[AnyRef](request, "Models", () => content, tab)
    val defaults = (own.size + 1 to frame.getParameterCount).map { number =>
      UIUtils.getClass.getMethod(s"$name$$default$$$number").invoke(UIUtils)
    }
    frame.invoke(UIUtils, own ++ defaults: _*).asInstanceOf[Seq[Node]]
  }
}
