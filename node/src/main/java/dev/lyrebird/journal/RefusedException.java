package dev.lyrebird.journal;

/** Carries a {@link Refusal} to where it is told to the client: the one exception clients see. */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialised; exceptions merely happen to be serialisable
  private final Refusal refusal;

  public RefusedException(Refusal refusal) {
    super(refusal.detail(), null, false, false);
    this.refusal = refusal;
  }

  /** Returns why. */
  public Refusal refusal() {
    return refusal;
  }
}
