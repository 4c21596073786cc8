package tfpredict.savedmodel.fuzz

/**
 * The program of a child process. It reads lines, and answers each with a line that begins with
 * [[FuzzChild.Mark]].
 *
 * @param heap
 *   its heap in megabytes
 * @param addresses
 *   maximum kilobytes of its address space. A JVM, and the fence, reserve most of it without using
 *   it.
 */
final case class FuzzedProgram(
    main: String,
    heap: Int,
    addresses: Int,
    options: Seq[String] = Nil
)

object FuzzedProgram {
  val ops: FuzzedProgram =
    FuzzedProgram("tfpredict.savedmodel.fuzz.FuzzChild", heap = 192, addresses = 7000000)
}
