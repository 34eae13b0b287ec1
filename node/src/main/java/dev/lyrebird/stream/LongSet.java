package dev.lyrebird.stream;

/**
 * A set of numbers in eight bytes and a little each: open addressing with linear probing. Owned by
 * whoever made it.
 */
final class LongSet {

  private static final int SMALLEST = 16;

  /** Marks a free place; the number itself is kept as another, which no hash can tell from it. */
  private static final long FREE = 0;

  private long[] places = new long[SMALLEST];
  private int size;

  int size() {
    return size;
  }

  /** Returns how many numbers it has room for, at eight bytes each. */
  int places() {
    return places.length;
  }

  boolean contains(long number) {
    return places[place(standIn(number))] != FREE;
  }

  /** Adds a number; returns whether it is new. */
  boolean add(long number) {
    long stored = standIn(number);
    int place = place(stored);
    if (places[place] != FREE) {
      return false;
    }
    places[place] = stored;
    size++;
    if (size > places.length / 5 * 4) {
      grow();
    }
    return true;
  }

  /** Takes a number out; returns whether it was there. */
  boolean remove(long number) {
    int gap = place(standIn(number));
    if (places[gap] == FREE) {
      return false;
    }
    size--;
    int mask = places.length - 1;
    for (int i = (gap + 1) & mask; places[i] != FREE; i = (i + 1) & mask) {
      // One that was put behind the gap because its own place was taken moves up to fill it.
      if (((i - first(places[i])) & mask) >= ((i - gap) & mask)) {
        places[gap] = places[i];
        gap = i;
      }
    }
    places[gap] = FREE;
    return true;
  }

  void clear() {
    places = new long[SMALLEST];
    size = 0;
  }

  private static long standIn(long number) {
    return number == FREE ? 1 : number;
  }

  /** Returns where a number is, or the free place where it would be put. */
  private int place(long stored) {
    int mask = places.length - 1;
    int place = first(stored);
    while (places[place] != FREE && places[place] != stored) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private int first(long stored) {
    return (int) (stored >>> 32 ^ stored) & (places.length - 1);
  }

  private void grow() {
    long[] before = places;
    places = new long[before.length * 2];
    for (long stored : before) {
      if (stored != FREE) {
        places[place(stored)] = stored;
      }
    }
  }
}
