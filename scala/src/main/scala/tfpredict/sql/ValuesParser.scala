package tfpredict.sql

import java.lang.reflect.{InvocationHandler, InvocationTargetException, Method, Proxy}

import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.catalyst.analysis.{UnresolvedFunction, UnresolvedInlineTable}
import org.apache.spark.sql.catalyst.expressions.{Alias, Expression}
import org.apache.spark.sql.catalyst.parser.ParserInterface
import org.apache.spark.sql.catalyst.plans.logical.{
  LogicalPlan,
  OneRowRelation,
  Project,
  SubqueryAlias,
  Union,
  UnresolvedWith
}
import org.apache.spark.sql.execution.command.ExplainCommand

/**
 * Allows calls of models in `VALUES`. Spark evaluates such a table during analysis, on the driver.
 * If it contains a model's call, this parser replaces it by one projection per row, which runs on
 * executors.
 */
final private[sql] class ValuesParser(spark: SparkSession, parser: ParserInterface)
    extends InvocationHandler {

  override def invoke(proxy: AnyRef, method: Method, arguments: Array[AnyRef]): AnyRef =
    try
      method.invoke(parser, Option(arguments).getOrElse(Array.empty[AnyRef]): _*) match {
        case plan: LogicalPlan => projected(arguments.head.toString, plan)
        case other => other
      }
    catch { case failed: InvocationTargetException => throw failed.getCause }

  private def projected(text: String, plan: LogicalPlan): LogicalPlan =
    if (ValuesParser.Word.findFirstIn(text).isEmpty) plan else project(plan)

  private def project(plan: LogicalPlan): LogicalPlan = plan.transformUpWithSubqueries {
    case table: UnresolvedInlineTable
        if table.rows.exists(_.exists(isCall)) && table.rows.forall(_.size == table.names.size) =>
      val rows = table.rows.map { row =>
        Project(row.zip(table.names).map { case (e, name) => Alias(e, name)() }, OneRowRelation())
      }
      if (rows.size == 1) rows.head else Union(rows)
    case node: UnresolvedWith => withRelations(node)
    case explain: ExplainCommand => explain.copy(logicalPlan = project(explain.logicalPlan))
  }

  // Newer versions of Spark have a third part for each relation, which the constructor takes.
  private def withRelations(node: UnresolvedWith): LogicalPlan = {
    def projected(query: SubqueryAlias) = query.copy(child = project(query.child))
    val relations = (node.cteRelations: Seq[Product]).map {
      case (name, query: SubqueryAlias) => (name, projected(query))
      case (name, query: SubqueryAlias, levels) => (name, projected(query), levels)
      case other => other
    }
    node.makeCopy(node.productIterator.map {
      case part if part == node.cteRelations => relations
      case part => part.asInstanceOf[AnyRef]
    }.toArray)
  }

  private def isCall(expression: Expression): Boolean = expression.exists {
    case function: UnresolvedFunction if function.nameParts.size == 1 =>
      RegisteredFunctions.isModel(spark, function.nameParts.head)
    case _ => false
  }
}

private[sql] object ValuesParser {
  private val Word = "(?i)\\bvalues\\b".r

  /**
   * Creates the parser as a proxy. Each version of Spark adds methods to the interface, so a class
   * would not fit all of them.
   */
  def apply(spark: SparkSession, parser: ParserInterface): ParserInterface =
    Proxy.newProxyInstance(
      classOf[ParserInterface].getClassLoader,
      Array[Class[_]](classOf[ParserInterface]),
      new ValuesParser(spark, parser)
    ).asInstanceOf[ParserInterface]
}
