package dev.lyrebird.schema;

import static java.util.Objects.requireNonNullElse;

import graphql.language.Definition;
import graphql.language.Document;
import graphql.language.EnumTypeDefinition;
import graphql.language.InputObjectTypeDefinition;
import graphql.language.InterfaceTypeDefinition;
import graphql.language.ObjectTypeDefinition;
import graphql.language.ObjectTypeExtensionDefinition;
import graphql.language.OperationDefinition;
import graphql.language.ScalarTypeDefinition;
import graphql.language.SourceLocation;
import graphql.language.UnionTypeDefinition;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.MultiSourceReader;
import graphql.parser.Parser;
import graphql.parser.ParserEnvironment;
import graphql.parser.ParserOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole documents: finds the types in them, has each read, and refuses what two of them
 * cannot both have. One reader reads one schema.
 */
final class SchemaReader {
  private static final String FORM =
      "expected the form: type Name @table @export { attribute: Type @directive }";

  private final Map<String, ObjectTypeDefinition> types = new LinkedHashMap<>();
  private final Map<String, ObjectTypeDefinition> byTable = new HashMap<>();
  private final Map<String, ObjectTypeDefinition> byPath = new HashMap<>();

  private SchemaReader() {}

  static List<TableDefinition> read(List<Source> sources) {
    SchemaReader reader = new SchemaReader();
    for (Source source : sources) {
      for (Definition<?> definition : document(source).getDefinitions()) {
        reader.add(definition);
      }
    }
    List<TableDefinition> tables = new ArrayList<>();
    for (ObjectTypeDefinition type : reader.types.values()) {
      TableDefinition table = new TypeReader(type, reader.types).read();
      reader.claim(type, table);
      tables.add(table);
    }
    return tables;
  }

  private static Document document(Source source) {
    ParserEnvironment environment =
        ParserEnvironment.newParserEnvironment()
            .document(
                MultiSourceReader.newMultiSourceReader()
                    .string(source.text(), source.name())
                    .trackData(true)
                    .build())
            .parserOptions(ParserOptions.getDefaultSdlParserOptions())
            .build();
    try {
      return Parser.parse(environment);
    } catch (InvalidSyntaxException e) {
      throw fault(source, e);
    }
  }

  private static SchemaException fault(Source source, InvalidSyntaxException e) {
    SourceLocation location = requireNonNullElse(e.getLocation(), new SourceLocation(1, 1));
    String found =
        switch (e.getOffendingToken()) {
          case null -> "an unknown character or an unfinished string";
          case "<EOF>" -> "the end of the file";
          case String token -> token;
        };
    String line =
        source.text().lines().skip(location.getLine() - 1L).findFirst().orElse("").strip();
    return new SchemaException(
        source.name(),
        location.getLine(),
        location.getColumn(),
        "found %s in \"%s\"; %s".formatted(found, line, FORM));
  }

  private void add(Definition<?> definition) {
    if (!(definition instanceof ObjectTypeDefinition type)
        || definition instanceof ObjectTypeExtensionDefinition) {
      throw SchemaException.at(definition, "found " + kind(definition) + "; " + FORM);
    }
    if (ScalarType.named(type.getName()).isPresent()) {
      throw SchemaException.at(
          type,
          "type %s has the name of a value type; a table needs another".formatted(type.getName()));
    }
    ObjectTypeDefinition first = types.putIfAbsent(type.getName(), type);
    if (first != null) {
      throw SchemaException.at(
          type,
          "type %s is declared twice, first at %s"
              .formatted(type.getName(), SchemaException.place(first)));
    }
  }

  private static String kind(Definition<?> definition) {
    return switch (definition) {
      case OperationDefinition operation -> "a query";
      case EnumTypeDefinition type -> "an enum";
      case InterfaceTypeDefinition type -> "an interface";
      case InputObjectTypeDefinition type -> "an input type";
      case UnionTypeDefinition type -> "a union";
      case ScalarTypeDefinition type -> "a scalar";
      case ObjectTypeExtensionDefinition type -> "an extension of a type";
      default -> "a definition that is no type";
    };
  }

  private void claim(ObjectTypeDefinition type, TableDefinition table) {
    String stored = table.qualifiedName();
    requireFirst(type, byTable.putIfAbsent(stored, type), "stored as table " + stored);
    Export export = table.export();
    if (export != null) {
      String where = export.isRoot() ? "as the root table" : "at \"" + export.path() + '"';
      requireFirst(type, byPath.putIfAbsent(export.path(), type), "exported " + where);
    }
  }

  private static void requireFirst(
      ObjectTypeDefinition type, @Nullable ObjectTypeDefinition first, String claim) {
    if (first != null) {
      throw SchemaException.at(
          type,
          "type %s is %s, and so is type %s at %s"
              .formatted(type.getName(), claim, first.getName(), SchemaException.place(first)));
    }
  }
}
