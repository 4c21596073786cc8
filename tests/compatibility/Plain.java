import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.DataType;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.framework.MetaGraphDef;
import org.tensorflow.framework.NamedTensorProto;
import org.tensorflow.framework.SignatureDef;
import org.tensorflow.framework.TensorInfo;
import org.tensorflow.framework.TensorProto;

/**
 * A program of TensorFlow Java 1.15 and nothing else: loads each model as its users do, runs the
 * examples that are kept with it, and tells for each model the largest difference to the answers
 * that are kept, or what it could not do.
 *
 * <p>Arguments: folders of models. A line for each: RESULT, the folder, the number of outputs, the
 * difference, and the reason, by tabs.
 */
public final class Plain {

  private static final String EXAMPLES = "assets.extra/tfpredict_examples.pb";

  public static void main(String[] folders) {
    for (String folder : folders) {
      String line;
      try {
        line = compared(Paths.get(folder));
      } catch (Exception failed) {
        line = "0\tnone\t" + String.valueOf(failed.getMessage()).replaceAll("\\s+", " ");
      }
      System.out.println("RESULT\t" + folder + "\t" + line);
    }
  }

  private static String compared(Path folder) throws IOException {
    Map<String, Map<String, TensorProto>> kept = examples(folder.resolve(EXAMPLES));
    int outputs = 0;
    double largest = 0;
    try (SavedModelBundle bundle = SavedModelBundle.load(folder.toString(), "serve")) {
      Map<String, SignatureDef> signatures =
          MetaGraphDef.parseFrom(bundle.metaGraphDef()).getSignatureDefMap();
      for (Map.Entry<String, Map<String, TensorProto>> entry : kept.entrySet()) {
        SignatureDef signature = signatures.get(entry.getKey());
        for (double difference : differences(bundle.session(), signature, entry.getValue())) {
          outputs++;
          largest = Math.max(largest, difference);
        }
      }
    }
    return outputs + "\t" + largest + "\t";
  }

  /** For each signature its tensors, as "inputs/x" and "outputs/y". */
  private static Map<String, Map<String, TensorProto>> examples(Path file) throws IOException {
    Map<String, Map<String, TensorProto>> found = new TreeMap<>();
    if (!Files.exists(file)) {
      return found;
    }
    try (InputStream stream = Files.newInputStream(file)) {
      NamedTensorProto next;
      while ((next = NamedTensorProto.parseDelimitedFrom(stream)) != null) {
        String[] place = next.getName().split("/", 2);
        found.computeIfAbsent(place[0], name -> new TreeMap<>()).put(place[1], next.getTensor());
      }
    }
    return found;
  }

  private static List<Double> differences(
      Session session, SignatureDef signature, Map<String, TensorProto> kept) {
    List<Tensor<?>> open = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      Map<String, String> inputs = new LinkedHashMap<>();
      for (Map.Entry<String, TensorInfo> input : signature.getInputsMap().entrySet()) {
        // What is fed twice is one tensor under two names.
        if (inputs.put(input.getValue().getName(), input.getKey()) == null) {
          Tensor<?> fed = tensor(kept.get("inputs/" + input.getKey()));
          open.add(fed);
          runner.feed(input.getValue().getName(), fed);
        }
      }
      List<TensorProto> expected = new ArrayList<>();
      for (Map.Entry<String, TensorInfo> output : signature.getOutputsMap().entrySet()) {
        if (!inputs.containsKey(output.getValue().getName())) {
          runner.fetch(output.getValue().getName());
          expected.add(kept.get("outputs/" + output.getKey()));
        }
      }
      List<Double> found = new ArrayList<>();
      if (!expected.isEmpty()) {
        List<Tensor<?>> answers = runner.run();
        open.addAll(answers);
        for (int i = 0; i < answers.size(); i++) {
          found.add(difference(answers.get(i), expected.get(i)));
        }
      }
      return found;
    } finally {
      for (Tensor<?> tensor : open) {
        tensor.close();
      }
    }
  }

  private static Tensor<?> tensor(TensorProto proto) {
    long[] shape = shape(proto);
    switch (proto.getDtype()) {
      case DT_STRING:
        return Tensor.create(strings(proto, shape, 0, new int[1]));
      default:
        // From nested arrays nothing without elements could be made.
        return Tensor.create(
            dtype(proto), shape, proto.getTensorContent().asReadOnlyByteBuffer());
    }
  }

  private static Class<?> dtype(TensorProto proto) {
    switch (proto.getDtype()) {
      case DT_FLOAT:
        return Float.class;
      case DT_DOUBLE:
        return Double.class;
      case DT_INT32:
        return Integer.class;
      case DT_INT64:
        return Long.class;
      case DT_UINT8:
        return org.tensorflow.types.UInt8.class;
      case DT_BOOL:
        return Boolean.class;
      default:
        throw new IllegalArgumentException("TensorFlow Java has no " + proto.getDtype());
    }
  }

  private static long[] shape(TensorProto proto) {
    return proto.getTensorShape().getDimList().stream().mapToLong(dim -> dim.getSize()).toArray();
  }

  /** Strings as arrays of arrays of bytes, or one of them, which has no shape. */
  private static Object strings(TensorProto proto, long[] shape, int depth, int[] next) {
    if (depth == shape.length) {
      return proto.getStringVal(next[0]++).toByteArray();
    }
    int[] lengths = new int[shape.length - depth + 1];
    for (int i = depth; i < shape.length; i++) {
      lengths[i - depth] = (int) shape[i];
    }
    Object array = Array.newInstance(byte.class, lengths);
    for (int i = 0; i < shape[depth]; i++) {
      Array.set(array, i, strings(proto, shape, depth + 1, next));
    }
    return array;
  }

  /**
   * The largest of any two elements: of floats relative where the answer is over 1, of all others 0
   * or infinite.
   */
  private static double difference(Tensor<?> found, TensorProto expected) {
    if (!found.dataType().name().equals(name(expected))
        || !java.util.Arrays.equals(found.shape(), shape(expected))) {
      return Double.POSITIVE_INFINITY;
    }
    if (found.dataType() == DataType.STRING) {
      List<String> texts = new ArrayList<>();
      flatten(nested(found), found.shape().length, texts);
      for (int i = 0; i < texts.size(); i++) {
        byte[] wanted = expected.getStringVal(i).toByteArray();
        if (!texts.get(i).equals(new String(wanted, StandardCharsets.ISO_8859_1))) {
          return Double.POSITIVE_INFINITY;
        }
      }
      return 0;
    }
    ByteBuffer own = ByteBuffer.allocate(found.numBytes()).order(ByteOrder.nativeOrder());
    found.writeTo(own);
    own.flip();
    ByteBuffer other =
        expected.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.nativeOrder());
    double largest = 0;
    while (own.hasRemaining()) {
      switch (found.dataType()) {
        case FLOAT:
          largest = Math.max(largest, relative(own.getFloat(), other.getFloat()));
          break;
        case DOUBLE:
          largest = Math.max(largest, relative(own.getDouble(), other.getDouble()));
          break;
        default:
          largest = Math.max(largest, own.get() == other.get() ? 0 : Double.POSITIVE_INFINITY);
      }
    }
    return largest;
  }

  private static String name(TensorProto proto) {
    return proto.getDtype().name().replace("DT_", "");
  }

  private static Object nested(Tensor<?> strings) {
    long[] shape = strings.shape();
    if (shape.length == 0) {
      return strings.bytesValue();
    }
    int[] lengths = new int[shape.length];
    for (int i = 0; i < shape.length; i++) {
      lengths[i] = (int) shape[i];
    }
    return strings.copyTo(Array.newInstance(byte[].class, lengths));
  }

  private static void flatten(Object array, int depth, List<String> into) {
    if (depth == 0) {
      into.add(new String((byte[]) array, StandardCharsets.ISO_8859_1));
    } else {
      for (int i = 0; i < Array.getLength(array); i++) {
        flatten(Array.get(array, i), depth - 1, into);
      }
    }
  }

  private static double relative(double found, double expected) {
    if (found == expected || Double.isNaN(found) && Double.isNaN(expected)) {
      return 0;
    }
    double difference = Math.abs(found - expected) / Math.max(1, Math.abs(expected));
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }
}
