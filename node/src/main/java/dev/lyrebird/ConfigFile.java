package dev.lyrebird;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lyrebird.schema.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads a {@link NodeConfig}: a YAML file is laid over the defaults, and settings of the command
 * line over both. What the defaults do not have is no key. All paths come out absolute.
 */
public final class ConfigFile {

  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Keys that name one file or folder. An empty text names none. */
  private static final List<String> PATHS =
      List.of(
          "/mqtt/authentication/usersFile",
          "/storage/path",
          "/resources/jars",
          "/cluster/hazelcast",
          "/cluster/tls/keyFile",
          "/cluster/tls/certificateFile",
          "/cluster/tls/trustFile");

  private ConfigFile() {}

  /**
   * Reads {@code file}. Relative paths in it, and in settings, start at its folder.
   *
   * @param settings {@code key=value} each, the value being YAML
   * @throws ConfigException naming the key and the remedy
   */
  public static NodeConfig read(Path file, List<String> settings) {
    Path path = file.toAbsolutePath().normalize();
    JsonNode tree = defaults();
    try {
      tree = laid(tree, nothingIfEmpty(YAML.readTree(path.toFile())), "");
    } catch (JsonProcessingException e) {
      throw new ConfigException("%s: %s".formatted(file, syntaxFault(e)));
    } catch (IOException e) {
      throw new ConfigException("Cannot read the configuration %s".formatted(path));
    } catch (ConfigException e) {
      throw new ConfigException("%s: %s".formatted(file, e.getMessage()));
    }
    for (String setting : settings) {
      tree = laid(tree, parsed(setting), "");
    }
    return bound(located(tree, path.resolveSibling("")));
  }

  private static JsonNode defaults() {
    return YAML.valueToTree(NodeConfig.DEFAULT);
  }

  private static JsonNode nothingIfEmpty(JsonNode tree) {
    return tree.isMissingNode() || tree.isNull() ? NODES.objectNode() : tree;
  }

  /** The tree that {@code a.b=value} stands for. */
  private static JsonNode parsed(String setting) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new ConfigException("--set %s: expected key=value".formatted(setting));
    }
    JsonNode tree;
    try {
      tree = YAML.readTree(setting.substring(equals + 1));
    } catch (JsonProcessingException e) {
      throw new ConfigException("--set %s: %s".formatted(setting, syntaxFault(e)));
    }
    if (tree.isMissingNode()) {
      tree = NODES.textNode("");
    }
    Deque<String> names = new ArrayDeque<>(segments(setting.substring(0, equals), "\\."));
    while (!names.isEmpty()) {
      tree = NODES.objectNode().set(names.removeLast(), tree);
    }
    return tree;
  }

  private static String syntaxFault(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException yaml && yaml.getProblemMark() != null) {
      Mark mark = yaml.getProblemMark();
      return fault(mark.getLine() + 1, mark.getColumn() + 1, yaml.getProblem());
    }
    JsonLocation location = e.getLocation();
    return fault(location.getLineNr(), location.getColumnNr(), e.getOriginalMessage());
  }

  private static String fault(int line, int column, String problem) {
    return "line %d, column %d: %s".formatted(line, column, problem);
  }

  /** {@code known} with everything replaced that {@code given} says, which must have its shape. */
  private static JsonNode laid(JsonNode known, JsonNode given, String key) {
    if (known instanceof ObjectNode group) {
      return laidGroup(group, given, key);
    }
    if (known.isArray() && isText(given)) {
      return NODES.arrayNode().add(given);
    }
    String expected = expectedInsteadOf(known, given);
    if (!expected.isEmpty()) {
      throw new ConfigException("%s is %s, but must be %s".formatted(key, given, expected));
    }
    return known.isTextual() ? NODES.textNode(given.asText()) : given;
  }

  private static JsonNode laidGroup(ObjectNode group, JsonNode given, String key) {
    if (given.isBoolean() && group.has("enabled")) {
      return group.deepCopy().set("enabled", given);
    }
    if (!given.isObject()) {
      throw new ConfigException(
          "%s is %s, but must be a group of keys"
              .formatted(key.isEmpty() ? "The configuration" : key, given));
    }
    ObjectNode result = group.deepCopy();
    for (var entry : given.properties()) {
      String child = key.isEmpty() ? entry.getKey() : key + "." + entry.getKey();
      JsonNode old = group.get(entry.getKey());
      if (old == null) {
        throw new ConfigException(
            "unknown key %s; the nearest known one is %s".formatted(child, nearest(child)));
      }
      result.set(entry.getKey(), laid(old, entry.getValue(), child));
    }
    return result;
  }

  /** What a value like {@code known} has to be, or nothing if {@code given} is that. */
  private static String expectedInsteadOf(JsonNode known, JsonNode given) {
    return switch (known.getNodeType()) {
      case BOOLEAN -> given.isBoolean() ? "" : "true or false";
      case NUMBER -> {
        long most = known.isInt() ? Integer.MAX_VALUE : Long.MAX_VALUE;
        boolean fits = known.isInt() ? given.canConvertToInt() : given.canConvertToLong();
        yield given.isIntegralNumber() && fits ? "" : "a whole number of at most " + most;
      }
      case STRING -> isText(given) ? "" : "a text";
      case ARRAY ->
          given instanceof ArrayNode array && array.valueStream().allMatch(ConfigFile::isText)
              ? ""
              : "a text or a list of texts, like [a, b]";
      case OBJECT, BINARY, MISSING, NULL, POJO ->
          throw new IllegalStateException("no key has a default of type " + known.getNodeType());
    };
  }

  /** YAML reads {@code 5} as a number; as a name it is as good as any other. */
  private static boolean isText(JsonNode given) {
    return given.isTextual() || given.isNumber();
  }

  private static String nearest(String key) {
    List<String> known = new ArrayList<>();
    collectKeys(defaults(), "", known);
    String group = firstName(key);
    return known.stream()
        .min(
            Comparator.<String>comparingInt(each -> distance(key, each))
                .thenComparing(each -> !firstName(each).equals(group)))
        .orElseThrow();
  }

  private static void collectKeys(JsonNode tree, String prefix, List<String> keys) {
    for (var entry : tree.properties()) {
      keys.add(prefix + entry.getKey());
      collectKeys(entry.getValue(), prefix + entry.getKey() + ".", keys);
    }
  }

  /** How far apart two keys are; the right name in a wrong group is near. */
  private static int distance(String one, String other) {
    int whole = NearestName.edits(one, other);
    int last = NearestName.edits(lastName(one), lastName(other));
    return Math.min(whole, last + 1);
  }

  private static String firstName(String key) {
    int dot = key.indexOf('.');
    return dot < 0 ? key : key.substring(0, dot);
  }

  private static String lastName(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** The same tree with every path absolute and every glob replaced by the files it matches. */
  private static JsonNode located(JsonNode tree, Path folder) {
    ObjectNode located = tree.deepCopy();
    for (String key : PATHS) {
      String path = tree.at(key).asText();
      if (!path.isEmpty()) {
        int slash = key.lastIndexOf('/');
        located
            .withObject(key.substring(0, slash))
            .put(key.substring(slash + 1), folder.resolve(path).normalize().toString());
      }
    }
    ArrayNode files = located.withObject("/graphqlSchema").putArray("files");
    tree.at("/graphqlSchema/files")
        .valueStream()
        .flatMap(glob -> matches(folder, glob.asText()).stream())
        .distinct()
        .forEach(file -> files.add(file.toString()));
    return located;
  }

  private static List<Path> matches(Path folder, String glob) {
    Path start = folder;
    Deque<String> names = new ArrayDeque<>(segments(glob, "/"));
    if (glob.startsWith("/")) {
      start = Path.of("/");
    }
    while (!names.isEmpty() && names.getFirst().chars().noneMatch(c -> "*?[{".indexOf(c) >= 0)) {
      start = start.resolve(names.removeFirst()).normalize();
    }
    List<Path> files = names.isEmpty() ? existing(start) : walked(start, String.join("/", names));
    if (files.isEmpty()) {
      throw new ConfigException(
          "graphqlSchema.files has %s, but in %s is no such file".formatted(glob, folder));
    }
    return files;
  }

  private static List<Path> existing(Path file) {
    return Files.isRegularFile(file) ? List.of(file) : List.of();
  }

  private static List<Path> walked(Path start, String glob) {
    PathMatcher matcher = start.getFileSystem().getPathMatcher("glob:" + glob);
    int depth = glob.contains("**") ? Integer.MAX_VALUE : segments(glob, "/").size();
    try (Stream<Path> tree = Files.walk(start, depth)) {
      return tree.filter(Files::isRegularFile)
          .filter(file -> matcher.matches(start.relativize(file)))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static List<String> segments(String text, String separator) {
    return Arrays.stream(text.split(separator, -1)).filter(name -> !name.isEmpty()).toList();
  }

  private static NodeConfig bound(JsonNode tree) {
    try {
      return YAML.treeToValue(tree, NodeConfig.class);
    } catch (InvalidFormatException e) {
      String choices =
          Arrays.stream(e.getTargetType().getEnumConstants())
              .map(choice -> YAML.convertValue(choice, String.class))
              .collect(Collectors.joining(", "));
      throw new ConfigException(
          "%s is %s, but must be one of: %s".formatted(key(e), e.getValue(), choices));
    } catch (JsonMappingException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ConfigException("%s.%s".formatted(key(e), cause.getMessage()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String key(JsonMappingException e) {
    return e.getPath().stream()
        .map(JsonMappingException.Reference::getFieldName)
        .collect(Collectors.joining("."));
  }
}
