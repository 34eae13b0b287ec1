package dev.lyrebird.auth;

import com.ongres.saslprep.SASLprep;
import com.ongres.stringprep.Profile;
import org.jspecify.annotations.Nullable;

/**
 * Names and passwords in the one form in which they are compared (RFC 4013): two keyboards may
 * write the same letter differently.
 */
final class SaslPrep {

  private static final Profile PROFILE = new SASLprep();

  private SaslPrep() {}

  /**
   * Returns text as it is stored.
   *
   * @return null where it has characters that none may have, or none that Unicode knew by then
   */
  static @Nullable String stored(String text) {
    try {
      return PROFILE.prepareStored(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * Returns text as it is looked up.
   *
   * @return null where it has characters that none may have
   */
  static @Nullable String query(String text) {
    try {
      return PROFILE.prepareQuery(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
