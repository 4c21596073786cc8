package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.codegen.{CodegenContext, ExprCode}
import org.apache.spark.sql.catalyst.expressions.{
  ExprId,
  Expression,
  LeafExpression,
  PythonUDF,
  RuntimeReplaceable,
  SubqueryExpression
}
import org.apache.spark.sql.catalyst.plans.logical.{HintInfo, LogicalPlan, OneRowRelation}
import org.apache.spark.sql.catalyst.trees.TreePattern
import org.apache.spark.sql.types.{DataType, NullType}
import org.apache.spark.util.collection.BitSet

/**
 * What keeps Spark from evaluating a call while it plans, on the driver: there the model is not
 * loaded, and the version is not decided yet.
 *
 * Spark evaluates a query over local data, and conditions on partition columns, before any rule of
 * ours runs. It leaves both alone where an expression holds a Python UDF, which it cannot evaluate
 * itself. So a call has one as a child, of no kind that Spark's rules for Python take up, and which
 * nobody runs. The pruning of Hive tables leaves only subqueries alone: the UDF has one as a child.
 */
private[sql] object OnExecutors {
  private val NoKind = -1

  val mark: Expression = if (SparkLine.allowsPythonInLambdas) python(InAnalysis) else InAnalysis

  /** The mark of a call when Spark's rules are done, without what only they look for. */
  val markInPlan: Expression = python()

  def isSubquery(expression: Expression): Boolean = expression eq InOptimizer

  /**
   * The mark of a call that is left in a filter. A scan takes over conditions on partition columns
   * when it is planned, Python or not, and evaluates them on the driver; it leaves alone what is
   * not deterministic.
   */
  val markInFilter: Expression = python().copy(udfDeterministic = false)

  private def python(children: Expression*): PythonUDF =
    PythonUDF("on_executors", null, NullType, children, NoKind, udfDeterministic = true)

  /**
   * Becomes [[InOptimizer]] first of all: the analyzer allows a subquery in few places, and newer
   * versions of Spark no Python UDF in a lambda.
   */
  private[sql] case object InAnalysis extends LeafExpression with RuntimeReplaceable {
    override def replacement: Expression =
      if (SparkLine.allowsPythonInLambdas) InOptimizer else python(InOptimizer)
    override def nullable: Boolean = true
  }

  /** A subquery to those who look at classes, and none to the rules that plan subqueries. */
  private[sql] case object InOptimizer
      extends SubqueryExpression(OneRowRelation(), Nil, ExprId(0), Nil, None) {
    // The rules that plan subqueries look for a tree's pattern.
    override lazy val treePatternBits: BitSet = new BitSet(TreePattern.maxId)

    override lazy val canonicalized: Expression = this
    // Spark's own `Unevaluable` is another in each version.
    override def eval(row: InternalRow): Any = throw unevaluable
    override protected def doGenCode(context: CodegenContext, code: ExprCode): ExprCode =
      throw unevaluable
    private def unevaluable = new UnsupportedOperationException("a mark has no value")

    override def plan: LogicalPlan = OneRowRelation()
    override def exprId: ExprId = ExprId(0)
    override def hint: Option[HintInfo] = None
    override def dataType: DataType = NullType
    override def nullable: Boolean = true
    override def toString: String = "on_executors"
    override def withNewPlan(plan: LogicalPlan): SubqueryExpression = this
    // Newer versions of Spark ask for it.
    def withNewOuterAttrs(outerAttrs: Seq[Expression]): SubqueryExpression = this
    override def withNewHint(hint: Option[HintInfo]): SubqueryExpression = this
    override protected def withNewChildrenInternal(
        children: IndexedSeq[Expression]
    ): Expression = this

    // A subquery cannot be read again in a task, where a call may be evaluated a row at a time.
    private def writeReplace(): AnyRef = new Sent
  }

  private class Sent extends Serializable {
    private def readResolve(): AnyRef = InOptimizer
  }
}
