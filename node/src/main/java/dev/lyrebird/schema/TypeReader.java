package dev.lyrebird.schema;

import graphql.language.Argument;
import graphql.language.FieldDefinition;
import graphql.language.ObjectTypeDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one type as the definition of a table. */
final class TypeReader {
  private static final String DEFAULT_KEY = "id";

  /** A century: a longer time in the clock's small units would come near the range of a long. */
  private static final long MOST_SECONDS = 100L * 366 * 24 * 60 * 60;

  /** As the configuration bounds what it says of all tables. */
  private static final long LEAST_JOURNAL_BYTES = 1L << 20;

  private static final long MOST_JOURNAL_BYTES = 1L << 40;

  /** Each partition is a thread and a replica of its own. */
  private static final int MOST_PARTITIONS = 256;

  private static final int MOST_CONFIRMATIONS = 255;

  /**
   * Stored names are told to operators and become names of threads. Those that begin with a dollar
   * sign belong to {@link SystemTables}.
   */
  private static final Pattern STORED_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private static final String STORED_NAME_DEMAND =
      "a name of letters, digits, '_', '-' and '.' that begins with none of the last two";

  private final ObjectTypeDefinition type;
  private final Map<String, ObjectTypeDefinition> types;
  private final Directives directives;

  /**
   * @param types every type of the schema by its name, for relationships
   */
  TypeReader(ObjectTypeDefinition type, Map<String, ObjectTypeDefinition> types) {
    this.type = type;
    this.types = types;
    this.directives = Directives.ofType(type.getName(), type.getDirectives());
  }

  TableDefinition read() {
    if (!type.getImplements().isEmpty()) {
      throw SchemaException.at(
          type.getImplements().getFirst(),
          "type %s implements an interface, which tables cannot".formatted(type.getName()));
    }
    List<Attribute> attributes = attributes();
    Arguments table = directives.of(Directives.TABLE);
    return new TableDefinition(
        type.getName(),
        Descriptions.of(type),
        table
            .text("database", TypeReader::isStoredName, STORED_NAME_DEMAND)
            .orElse(TableDefinition.DEFAULT_DATABASE),
        table.text("table", TypeReader::isStoredName, STORED_NAME_DEMAND).orElse(type.getName()),
        export(),
        key(attributes),
        attributes,
        directives.has(Directives.SEALED),
        options(table));
  }

  private static boolean isStoredName(String name) {
    return STORED_NAME.matcher(name).matches();
  }

  private static TableOptions options(Arguments table) {
    Argument confirm = table.byName().get("confirm");
    boolean replicated = table.flag("replicate", true);
    if (confirm != null && !replicated) {
      throw SchemaException.at(
          confirm,
          "argument confirm of @table counts other nodes that have applied a write, but with"
              + " replicate: false there are none; leave out one of the two");
    }
    return new TableOptions(
        table.number("expiration", 1, MOST_SECONDS),
        replicated,
        table.number("retention", 1, MOST_SECONDS).orElse(TableOptions.DEFAULT_RETENTION_SECONDS),
        table.number("journalMaxBytes", LEAST_JOURNAL_BYTES, MOST_JOURNAL_BYTES),
        (int) table.number("partitions", 1, MOST_PARTITIONS).orElse(1),
        (int) table.number("confirm", 0, MOST_CONFIRMATIONS).orElse(0));
  }

  /** A type is exported unless it says only that it is a table. */
  private @Nullable Export export() {
    if (directives.has(Directives.TABLE) && !directives.has(Directives.EXPORT)) {
      return null;
    }
    Arguments export = directives.of(Directives.EXPORT);
    String path =
        export
            .text(
                "name",
                TypeReader::isExportPath,
                "empty, or segments joined by '/' that hold no '+', '#' or control character, are"
                    + " not '.' or '..', and the first of which does not begin with '$',"
                    + " and neither openapi.json nor asyncapi.json, where the node tells of itself")
            .orElse(type.getName());
    Set<Protocol> protocols = EnumSet.allOf(Protocol.class);
    protocols.removeIf(protocol -> !export.flag(protocol.argument(), true));
    return new Export(path, protocols);
  }

  /** Leading dollar signs are the node's own [MQTT-4.7.2-1]; dot segments vanish from URLs. */
  private static boolean isExportPath(String path) {
    return path.isEmpty()
        || (!path.startsWith("$")
            && !path.equals(Export.OPENAPI)
            && !path.equals(Export.ASYNCAPI)
            && path.chars().noneMatch(c -> c == '+' || c == '#' || Character.isISOControl(c))
            && Arrays.stream(path.split("/", -1))
                .noneMatch(
                    segment -> segment.isEmpty() || segment.equals(".") || segment.equals("..")));
  }

  private List<Attribute> attributes() {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    Map<Mark, String> bearers = new EnumMap<>(Mark.class);
    for (FieldDefinition field : type.getFieldDefinitions()) {
      Attribute attribute = new AttributeReader(type, field, types).read();
      if (attributes.put(field.getName(), attribute) != null) {
        throw SchemaException.at(
            field, "attribute %s.%s is declared twice".formatted(type.getName(), field.getName()));
      }
      for (Mark mark : attribute.marks()) {
        String other = bearers.put(mark, field.getName());
        if (other != null && mark != Mark.INDEXED) {
          throw SchemaException.at(
              field,
              "@%s may mark one attribute of type %s, but marks %s and %s"
                  .formatted(mark.directive(), type.getName(), other, field.getName()));
        }
      }
    }
    List<Attribute> inOrder = new ArrayList<>(attributes.values());
    if (!bearers.containsKey(Mark.PRIMARY_KEY)) {
      inOrder.addFirst(
          new Attribute(keyName(type), "", ScalarType.ID, true, Set.of(Mark.PRIMARY_KEY)));
    }
    return inOrder;
  }

  private static Key key(List<Attribute> attributes) {
    Attribute key =
        attributes.stream().filter(each -> each.is(Mark.PRIMARY_KEY)).findFirst().orElseThrow();
    return new Key(key.name(), KeyType.of(key.type()).orElseThrow());
  }

  /** The attribute that is the key, whether it is written or not. */
  static String keyName(ObjectTypeDefinition type) {
    return type.getFieldDefinitions().stream()
        .filter(field -> field.hasDirective(Mark.PRIMARY_KEY.directive()))
        .map(FieldDefinition::getName)
        .findFirst()
        .orElse(DEFAULT_KEY);
  }

  /** Every attribute of the type, the key included, whether it is written or not. */
  static Set<String> attributeNames(ObjectTypeDefinition type) {
    Set<String> names = new TreeSet<>();
    names.add(keyName(type));
    type.getFieldDefinitions().forEach(field -> names.add(field.getName()));
    return names;
  }
}
