package dev.lyrebird;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the house rules: who may use whom, and which library stays behind which wall. */
final class ArchitectureTest {

  private static final String ROOT = "dev.lyrebird";

  /**
   * The packages, and which others of ours each may use. The doors ({@code http}, {@code mqtt}) see
   * neither each other nor a table's inside; arrows never lead back up to the root.
   */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          entry("testkit", Set.of("hosting", "api")),
          entry("journal", Set.of()),
          entry("schema", Set.of()),
          entry("auth", Set.of()),
          entry("apidoc", Set.of("format", "view", "schema")),
          entry("view", Set.of("schema", "journal")),
          entry("query", Set.of("schema", "journal")),
          entry("format", Set.of("view", "schema", "journal")),
          entry("pubsub", Set.of("journal")),
          entry("resource", Set.of("pubsub", "query", "journal", "schema")),
          entry("table", Set.of("query", "view", "schema", "journal")),
          entry("replication", Set.of("table", "schema", "journal")),
          entry(
              "cluster",
              Set.of("resource", "pubsub", "replication", "table", "query", "schema", "journal")),
          entry("relation", Set.of("resource", "query", "view", "schema", "journal")),
          entry("stream", Set.of("resource", "pubsub", "query", "view", "schema", "journal")),
          entry("api", Set.of()),
          entry(
              "hosting",
              Set.of(
                  "api",
                  "stream",
                  "relation",
                  "resource",
                  "pubsub",
                  "query",
                  "format",
                  "view",
                  "schema",
                  "journal")),
          entry(
              "http",
              Set.of(
                  "api",
                  "hosting",
                  "apidoc",
                  "relation",
                  "resource",
                  "stream",
                  "pubsub",
                  "query",
                  "format",
                  "view",
                  "schema",
                  "journal")),
          entry(
              "mqtt", Set.of("api", "hosting", "resource", "pubsub", "schema", "journal", "auth")));

  /** What keeps tables on disk. */
  private static final DescribedPredicate<JavaClass> ROCKS =
      belongTo(nameStartingWith(ROOT + ".table.Rocks")).as("the classes named Rocks...");

  /** Packages that are input in, facts out. The store inside {@code table} is the shell's. */
  private static final DescribedPredicate<JavaClass> PURE =
      resideInAnyPackage(
              tree("journal"),
              tree("schema"),
              tree("auth"),
              tree("apidoc"),
              tree("view"),
              tree("format"),
              tree("query"),
              tree("pubsub"),
              tree("table"),
              tree("replication"))
          .and(not(ROCKS))
          .as("the pure packages");

  /** What pure code is given by constructor and never takes for itself. */
  private static final Set<String> AMBIENT =
      Set.of(
          "java.lang.Math.random",
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone",
          "java.time.Instant.now",
          "java.time.LocalDate.now",
          "java.time.LocalDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.util.Random.<init>",
          "java.util.SplittableRandom.<init>",
          "java.util.UUID.randomUUID",
          "java.util.random.RandomGenerator.getDefault");

  /** The one number that the threads of all tables share, so that versions increase on a node. */
  private static final String CLOCK = ROOT + ".table.HybridClock";

  private static final JavaClasses NODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void everyClassLivesInAKnownPackage() {
    String[] known =
        Stream.concat(Stream.of(ROOT), MAY_USE.keySet().stream().map(ArchitectureTest::tree))
            .toArray(String[]::new);
    check(classes().should().resideInAnyPackage(known));
  }

  @ParameterizedTest
  @MethodSource("packages")
  void packageUsesOnlyWhatItMay(String user) {
    String[] others =
        Stream.concat(
                Stream.of(ROOT),
                MAY_USE.keySet().stream()
                    .filter(used -> !used.equals(user) && !allowed(user).contains(used))
                    .map(ArchitectureTest::tree))
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage(tree(user))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others));
  }

  @Test
  void packagesFormNoCircle() {
    check(slices().matching(ROOT + ".(*)..").should().beFreeOfCycles());
  }

  @Test
  void vertxAndNettyStayInTheShell() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, tree("http"), tree("mqtt"), tree("cluster"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty.."));
  }

  /** Users compile against it: it may change less often than what the node is made of. */
  @Test
  void interfaceForUsersStandsOnItsOwn() {
    check(
        classes()
            .that()
            .resideInAPackage(tree("api"))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                tree("api"), "java..", "com.fasterxml.jackson..", "org.jspecify.."));
  }

  @Test
  void rocksDbStaysInTheClassesThatAreNamedForIt() {
    check(
        noClasses()
            .that(not(ROCKS))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.rocksdb.."));
  }

  @Test
  void hazelcastStaysInTwoClasses() {
    check(
        noClasses()
            .that(
                not(belongTo(name(ROOT + ".cluster.HazelcastSettings")))
                    .and(not(belongTo(name(ROOT + ".cluster.HazelcastPeers")))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.hazelcast.."));
  }

  @Test
  void graphqlStaysInTheSchema() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(tree("schema"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("graphql.."));
  }

  @Test
  void pureCodeKnowsNoThreadAndNoLock() {
    check(
        noClasses()
            .that(PURE.and(not(belongTo(name(CLOCK)))))
            .should()
            .dependOnClassesThat(
                resideInAPackage("java.util.concurrent..")
                    .or(belongTo(name(Thread.class.getName())))
                    .or(belongTo(name(ThreadLocal.class.getName())))));
  }

  @Test
  void pureCodeNeverSynchronizes() {
    check(
        methods()
            .that()
            .areDeclaredInClassesThat(PURE)
            .should()
            .notHaveModifier(JavaModifier.SYNCHRONIZED));
  }

  @Test
  void pureCodeIsGivenTimeAndChance() {
    check(
        noClasses()
            .that(PURE)
            .should()
            .callCodeUnitWhere(
                DescribedPredicate.describe(
                    "it reads the wall clock or draws a random number",
                    call ->
                        AMBIENT.contains(call.getTargetOwner().getName() + "." + call.getName()))));
  }

  private static Stream<String> packages() {
    return MAY_USE.keySet().stream().sorted();
  }

  private static Set<String> allowed(String user) {
    return MAY_USE.getOrDefault(user, Set.of());
  }

  private static String tree(String name) {
    return ROOT + "." + name + "..";
  }

  /** A package may be empty: a rule about it then holds. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(NODE);
  }
}
