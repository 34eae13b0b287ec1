package dev.lyrebird.schema;

import graphql.language.Argument;
import graphql.language.AstPrinter;
import graphql.language.BooleanValue;
import graphql.language.IntValue;
import graphql.language.StringValue;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** The arguments that are given to one directive, each read as what it must be. */
record Arguments(String directive, Map<String, Argument> byName) {

  /**
   * @param demand what the text must be, in words that go on from "must be"
   */
  Optional<String> text(String name, Predicate<String> allowed, String demand) {
    Argument argument = byName.get(name);
    if (argument == null) {
      return Optional.empty();
    }
    if (argument.getValue() instanceof StringValue value) {
      String text = value.getValue();
      if (text != null && allowed.test(text)) {
        return Optional.of(text);
      }
    }
    throw fault(argument, demand);
  }

  boolean flag(String name, boolean otherwise) {
    Argument argument = byName.get(name);
    if (argument == null) {
      return otherwise;
    }
    if (argument.getValue() instanceof BooleanValue flag) {
      return flag.isValue();
    }
    throw fault(argument, "true or false");
  }

  OptionalLong number(String name, long least, long most) {
    Argument argument = byName.get(name);
    if (argument == null) {
      return OptionalLong.empty();
    }
    if (argument.getValue() instanceof IntValue number
        && isBetween(number.getValue(), least, most)) {
      return OptionalLong.of(number.getValue().longValueExact());
    }
    throw fault(argument, "a whole number from %d to %d".formatted(least, most));
  }

  private static boolean isBetween(BigInteger number, long least, long most) {
    return number.compareTo(BigInteger.valueOf(least)) >= 0
        && number.compareTo(BigInteger.valueOf(most)) <= 0;
  }

  private SchemaException fault(Argument argument, String demand) {
    return SchemaException.at(
        argument,
        "argument %s of @%s must be %s, but is %s"
            .formatted(
                argument.getName(),
                directive,
                demand,
                AstPrinter.printAstCompact(argument.getValue())));
  }
}
