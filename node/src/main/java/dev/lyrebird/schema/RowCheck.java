package dev.lyrebird.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds structured rows against the definition of their table. What it looks at is worked out once
 * per table, since it runs on every write; it is immutable and any thread may use it.
 */
public final class RowCheck {
  /** A hostile row may have a fault in each of its attributes; nobody reads more of them. */
  private static final int MOST_FAULTS = 100;

  private final TableDefinition definition;
  private final List<Attribute> checked;
  private final Set<String> declared;

  public RowCheck(TableDefinition definition) {
    this.definition = definition;
    this.checked = definition.attributes().stream().filter(definition::isChecked).toList();
    this.declared =
        definition.attributes().stream().map(Attribute::name).collect(Collectors.toSet());
  }

  /** Every attribute at fault in a whole row; empty if it may be stored. */
  public List<Fault> faults(ObjectNode row) {
    return faults(row, true);
  }

  /**
   * The same for a patch: attributes may be missing, and a number may be an addition, {@code
   * {"__op__": "add", "value": 3}}.
   */
  public List<Fault> patchFaults(ObjectNode patch) {
    return faults(patch, false);
  }

  private List<Fault> faults(ObjectNode row, boolean whole) {
    List<Fault> faults = new ArrayList<>(0);
    for (Attribute attribute : checked) {
      JsonNode value = row.get(attribute.name());
      if (value == null && !whole) {
        continue;
      }
      String message = fault(attribute, value, whole);
      if (message != null) {
        faults.add(new Fault(attribute.name(), message));
      }
    }
    if (definition.isSealed()) {
      addUndeclared(row, faults);
    }
    return faults;
  }

  private void addUndeclared(ObjectNode row, List<Fault> faults) {
    Iterator<String> names = row.fieldNames();
    while (names.hasNext() && faults.size() < MOST_FAULTS) {
      String name = names.next();
      if (!declared.contains(name)) {
        String hint = NearestName.hint(name, declared);
        faults.add(
            new Fault(name, "is not declared by the sealed type " + definition.typeName() + hint));
      }
    }
  }

  private static @Nullable String fault(
      Attribute attribute, @Nullable JsonNode value, boolean whole) {
    if (value == null || value.isNull()) {
      return attribute.required() ? "is required, but is " + found(value) : null;
    }
    if (!whole && attribute.type() instanceof ScalarType number && isAddition(value)) {
      return number.isNumeric() ? fault(number, value.path("value")) : "cannot be added to";
    }
    return fault(attribute.type(), value);
  }

  private static @Nullable String fault(AttributeType type, JsonNode value) {
    return switch (type) {
      case ScalarType scalar -> scalarFault(scalar, value);
      case ListType list -> listFault(list, value);
      case RelatedType related ->
          "is joined from %s by %s and cannot be written"
              .formatted(related.typeName(), related.attribute());
    };
  }

  private static @Nullable String scalarFault(ScalarType type, JsonNode value) {
    return type.admits(value)
        ? null
        : "must be %s (%s), but is %s".formatted(type.expectation(), type.sdl(), found(value));
  }

  private static @Nullable String listFault(ListType type, JsonNode values) {
    if (!values.isArray()) {
      return "must be a list (%s), but is %s".formatted(type.sdl(), found(values));
    }
    for (int i = 0; i < values.size(); i++) {
      JsonNode value = values.get(i);
      String fault;
      if (value.isNull()) {
        fault = type.elementRequired() ? "is required, but is null" : null;
      } else {
        fault = fault(type.element(), value);
      }
      if (fault != null) {
        return "has an element at fault: number " + (i + 1) + ' ' + fault;
      }
    }
    return null;
  }

  private static boolean isAddition(JsonNode value) {
    return value.path("__op__").asText().equals("add");
  }

  private static String found(@Nullable JsonNode value) {
    if (value == null) {
      return "missing";
    }
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case BINARY -> "binary";
      case BOOLEAN -> "true or false";
      case MISSING -> "missing";
      case NULL -> "null";
      case NUMBER -> foundNumber(value);
      case OBJECT -> "an object";
      case POJO -> "a value without a JSON form";
      case STRING -> "a string";
    };
  }

  private static String foundNumber(JsonNode number) {
    if (!ScalarType.FLOAT.admits(number)) {
      return "a number that is not finite";
    }
    if (!number.canConvertToExactIntegral()) {
      return "a number with a fraction";
    }
    if (number.canConvertToInt()) {
      return "a whole number";
    }
    return number.canConvertToLong()
        ? "a whole number of more than 32 bits"
        : "a whole number of more than 64 bits";
  }
}
