package tfpredict.sql

import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.catalyst.analysis.{UnresolvedFunction, UnresolvedInlineTable}
import org.apache.spark.sql.catalyst.expressions.{Alias, Expression}
import org.apache.spark.sql.catalyst.parser.ParserInterface
import org.apache.spark.sql.catalyst.plans.logical.{
  LogicalPlan,
  OneRowRelation,
  Project,
  Union,
  UnresolvedWith
}
import org.apache.spark.sql.catalyst.{FunctionIdentifier, TableIdentifier}
import org.apache.spark.sql.execution.command.ExplainCommand
import org.apache.spark.sql.types.{DataType, StructType}

/**
 * Lets models be called in `VALUES`. Spark evaluates such a table while it analyzes, on the driver;
 * where it calls a model, it is a projection for each row instead, which runs as others do.
 */
final private[sql] class ValuesParser(spark: SparkSession, parser: ParserInterface)
    extends ParserInterface {

  override def parsePlan(text: String): LogicalPlan = projected(text, parser.parsePlan(text))

  override def parseQuery(text: String): LogicalPlan = projected(text, parser.parseQuery(text))

  override def parseExpression(text: String): Expression = parser.parseExpression(text)

  override def parseTableIdentifier(text: String): TableIdentifier =
    parser.parseTableIdentifier(text)

  override def parseFunctionIdentifier(text: String): FunctionIdentifier =
    parser.parseFunctionIdentifier(text)

  override def parseMultipartIdentifier(text: String): Seq[String] =
    parser.parseMultipartIdentifier(text)

  override def parseTableSchema(text: String): StructType = parser.parseTableSchema(text)

  // Newer versions of Spark ask for it.
  def parseRoutineParam(text: String): StructType = SparkLine.parseRoutineParam(parser, text)

  override def parseDataType(text: String): DataType = parser.parseDataType(text)

  private def projected(text: String, plan: LogicalPlan): LogicalPlan =
    if (ValuesParser.Word.findFirstIn(text).isEmpty) plan else project(plan)

  private def project(plan: LogicalPlan): LogicalPlan = plan.transformUpWithSubqueries {
    case table: UnresolvedInlineTable
        if table.rows.exists(_.exists(isCall)) && table.rows.forall(_.size == table.names.size) =>
      val rows = table.rows.map { row =>
        Project(row.zip(table.names).map { case (e, name) => Alias(e, name)() }, OneRowRelation())
      }
      if (rows.size == 1) rows.head else Union(rows)
    case node: UnresolvedWith => SparkLine.eachRelation(node)(project)
    case explain: ExplainCommand => explain.copy(logicalPlan = project(explain.logicalPlan))
  }

  private def isCall(expression: Expression): Boolean = expression.exists {
    case function: UnresolvedFunction if function.nameParts.size == 1 =>
      RegisteredFunctions.isModel(spark, function.nameParts.head)
    case _ => false
  }
}

private object ValuesParser {
  private val Word = "(?i)\\bvalues\\b".r
}
