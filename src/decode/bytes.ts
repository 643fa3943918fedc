/** How a number stands in bytes, as a sensor writes it. */
export type Codec = {
  readonly length: number;
  readonly read: (view: DataView, at: number) => number;
  /** The bytes of a value; outside the range it saturates, as a sensor's value does. */
  readonly write: (value: number) => Uint8Array;
  readonly step: number;
  readonly min: number;
  readonly max: number;
};

type Scale = {
  /** Least significant byte first. */
  readonly little?: true;
  /** So many steps are one: `per: 10` for tenths. */
  readonly per?: number;
  /** A step is so many. */
  readonly times?: number;
};

/** A whole number ≥ 0 of so many bytes, scaled. */
export function unsigned(length: 1 | 2 | 3 | 4, scale: Scale = {}): Codec {
  return codec({ length, isSigned: false, scale });
}

/** A whole number in two's complement of so many bytes, scaled. */
export function signed(length: 1 | 2 | 3 | 4, scale: Scale = {}): Codec {
  return codec({ length, isSigned: true, scale });
}

/** 0 no, anything else yes. */
export const flag: Codec = {
  length: 1,
  read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  write: (value) => Uint8Array.of(value === 0 ? 0 : 1),
  step: 1,
  min: 0,
  max: 1,
};

/** 1 when the bytes are one of these marks, else 0. Writes only the mark: over a value that is not there. */
export function oneOf(length: 1 | 2, marks: readonly number[]): Codec {
  const whole = unsigned(length, { little: true });
  return {
    ...flag,
    length,
    read: (view, at) => (marks.includes(whole.read(view, at)) ? 1 : 0),
    write: (value) => (value === 0 ? new Uint8Array(0) : whole.write(marks[0] ?? 0)),
  };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

type Whole = { readonly length: 1 | 2 | 3 | 4; readonly isSigned: boolean; readonly scale: Scale };

/** Divided by a whole number where there are fractions: 226 / 10 is 22.6, and 226 × 0.1 is not. */
function codec({ length, isSigned, scale: { little = undefined, per = 1, times = 1 } }: Whole): Codec {
  const count = 256 ** length;
  const min = isSigned ? -count / 2 : 0;
  const max = min + count - 1;
  const read = reader(length, isSigned, little === true);
  return {
    length,
    read: (view, at) => (read(view, at) * times) / per,
    write: (value) => {
      const whole = Math.min(Math.max(Math.round((value * per) / times), min), max);
      const bytes = new Uint8Array(length);
      let rest = whole < 0 ? whole + count : whole;
      for (let i = 0; i < length; i += 1) {
        bytes[little ? i : length - 1 - i] = rest % 256;
        rest = Math.floor(rest / 256);
      }
      return bytes;
    },
    step: times / per,
    min: (min * times) / per,
    max: (max * times) / per,
  };
}

function reader(length: 1 | 2 | 3 | 4, isSigned: boolean, little: boolean): Codec['read'] {
  if (length === 1) return isSigned ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at);
  if (length === 2) {
    return isSigned ? (view, at) => view.getInt16(at, little) : (view, at) => view.getUint16(at, little);
  }
  if (length === 4) {
    return isSigned ? (view, at) => view.getInt32(at, little) : (view, at) => view.getUint32(at, little);
  }
  const high = (view: DataView, at: number) => (isSigned ? view.getInt8(at) : view.getUint8(at)) * 65_536;
  return little
    ? (view, at) => high(view, at + 2) + view.getUint16(at, true)
    : (view, at) => high(view, at) + view.getUint16(at + 1);
}
