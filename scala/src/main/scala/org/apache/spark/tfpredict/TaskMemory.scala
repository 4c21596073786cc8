package org.apache.spark.tfpredict

import org.apache.spark.TaskContext
import org.apache.spark.memory.TaskMemoryManager

/** Gives access to a task's memory manager, which Spark makes private to its own packages. */
object TaskMemory {
  def of(task: TaskContext): TaskMemoryManager = task.taskMemoryManager()
}
