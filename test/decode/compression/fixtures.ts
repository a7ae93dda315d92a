/**
 * Files that bzip2, liblzma and Python's zipfile wrote, of content that is made here too: what Node itself does not write.
 */

/** Sixty rows of a table. */
export const ROWS = Buffer.from(
  Array.from({ length: 60 }, (_, index) => {
    const day = String((index % 31) + 1).padStart(2, "0");
    return `ITE00100554,180001${day},TMAX,${(index * 7919) % 997},,,E,\n`;
  }).join(""),
);
/** Compresses to three blocks of bzip2, the size of which is 100,000 bytes. */
export const ABC = Buffer.from("abc".repeat(100_000));
/** All bytes there are, twice. */
export const BYTES = Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 7) % 256));
export const ZEROS = Buffer.alloc(1_000_000);

const decoded = (text: string): Buffer => Buffer.from(text, "base64");

export const BZIP2 = {
  rows: decoded(
    [
      "QlpoOTFBWSZTWcQaaPYAA4DeAAAQAAR/4CIiBEAwAY1GEIT1U/U22pTSAJTJMmqn+qEwESRDaSBpqImZ8iJmW83JGRzXatcX",
      "EIQhCFoggmyyy5dXV1dXV32CvidgrFRoFcXvHmbzOl67A2FssLoLoHVjobobHtJ5vWs3retSF9dUVsFfQK9grkVYArAICsA5",
      "kko5wcm6MioaxgwNwXPO+DIJMQohwQZCArCE3dFZvBKoeEHimSO+cLmpEhKKSM7JbTKg3X06lBERR3qXedVasgvixnCcSqtV",
      "hERJNbYREclQq1MeDpKg5qY97ZQv7HibV4Bd22qJtJhERtWPZt8InMY+3iTsL1muZ6mfwKwFfAV+grAV8BXAK+Ar/F3JFOFC",
      "QxBpo9g=",
    ].join(""),
  ),
  abc: decoded(
    [
      "QlpoMTFBWSZTWVoLN+QAQRcBADgAIAAwzAUppqpCB1UhA1UhA8xQVkmU1laCzfkAEEXAQA4ACAAMMwFKaaqQgdVIQNVIQPMU",
      "FZJlNZWgs35ABBFwEAOAAgADDMBSmmqkIHVSEDVSEDzFBWSZTWbCfGSYAAAkBADgAIAAwzAmqaYrisV4u5IpwoSF5+Cy6A==",
    ].join(""),
  ),
  bytes: decoded(
    [
      "QlpoOTFBWSZTWZcGCXAAAAD/////////////////////////////////////////////sAFgACqqoAEwARgAJgAAAAACYAAE",
      "wAAAAAAAAmAAAAAAAAAABMAAAABiAkwAEwABMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEmAAmAAJgAAAAAAAAAAAAA",
      "AAAAAAAAAAAAAAAAAAAAAAABAIFBPu/D8v0hqHIeiD+ERRJE0URVFkXRhGUaRt/L+kcR1HkfSBIUiSNJElSZJ0of2lKVJWli",
      "Wpcl6YJimSZpomqbJunCcp0naeJ6nyfqAoKhKGoiiqMo6kKSpSlqYpqnKe/xUFRVJU1UVVVlXVhWVaVtXFdV5X1gWF/qxLGs",
      "iyrMs60LStS1rYtq3LeuC4rkua6Lquy7rwvK9L2vi+r8v7AMCwTBsIwrDMOxDEsUxbGMaxzHsgyLJMmyjKv+ZZl2YZlmmbZx",
      "nWeZ9oGhaJo2kaVpmnahqWqatrGta5r2wbFsmzbRtW2bduG5bpu28b1vm/cBwXCcNxHFcZx3IclynLcxzXOc90HRdJ03UdV1",
      "nXf+7Dsu07buO67zvvA8LxPG8jyvM870PS9T1vY9r3Pe+D4vk+b6Pq+yAQKCfd+H5fp+xdyRThQkJcGCXAA=",
    ].join(""),
  ),
  zeros: decoded(["QlpoOTFBWSZTWXnTnkgAB6jAQMAAAAIACCAAMMwJqmmVJDapSQ8XckU4UJB5055I"].join("")),
  empty: decoded(["QlpoORdyRThQkAAAAAA="].join("")),
};

export const XZ = {
  rows: decoded(
    [
      "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AgsARBdACSVBKs0unwrTT8gLnLrNtEiVBrUK/tuvXCTgp2trnsWx9s0NV3lmWTb",
      "AA7DTuWmRlRURub46EQACJE/C1xQBr7Wb2WNxIhCi1WUGJJ3eJCZWMVvSa7Q1on6+udwREzv3LdrPlE0O4MVVLJDVTCKryC8",
      "TD5Al9GDTvATAo/jSb0xIPRNrneEzs6gfniZI4FyygKBe9dJGLbH5l2EBtgFB5YSvZucxNntbK82JhNdc/bQw5MmCvg+3ux+",
      "JK10Xa6ty+/zWTi2WKI3R5fDLkb6qZFsdckjEfz+RgAiyOjIHYcALwDsMLRtxiceGuwvW6aJMynB/Wc+Fh1x+GZm29ZkFE9X",
      "q2d4UJVQJzerHgVXnVD8AL3eWf1bL7d+AAGsAq0QAACANGx0scRn+wIAAAAABFla",
    ].join(""),
  ),
  checkedByCrc32: decoded(
    [
      "/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AgsARBdACSVBKs0unwrTT8gLnLrNtEiVBrUK/tuvXCTgp2trnsWx9s0NV3lmWTb",
      "AA7DTuWmRlRURub46EQACJE/C1xQBr7Wb2WNxIhCi1WUGJJ3eJCZWMVvSa7Q1on6+udwREzv3LdrPlE0O4MVVLJDVTCKryC8",
      "TD5Al9GDTvATAo/jSb0xIPRNrneEzs6gfniZI4FyygKBe9dJGLbH5l2EBtgFB5YSvZucxNntbK82JhNdc/bQw5MmCvg+3ux+",
      "JK10Xa6ty+/zWTi2WKI3R5fDLkb6qZFsdckjEfz+RgAiyOjIHYcALwDsMLRtxiceGuwvW6aJMynB/Wc+Fh1x+GZm29ZkFE9X",
      "q2d4UJVQJzerHgVXnVD8AMQ8rPkAAagCrRAAAJZ2/e8+MA2LAgAAAAABWVo=",
    ].join(""),
  ),
  unchecked: decoded(
    [
      "/Td6WFoAAAD/EtlBAgAhARYAAAB0L+Wj4AgsARBdACSVBKs0unwrTT8gLnLrNtEiVBrUK/tuvXCTgp2trnsWx9s0NV3lmWTb",
      "AA7DTuWmRlRURub46EQACJE/C1xQBr7Wb2WNxIhCi1WUGJJ3eJCZWMVvSa7Q1on6+udwREzv3LdrPlE0O4MVVLJDVTCKryC8",
      "TD5Al9GDTvATAo/jSb0xIPRNrneEzs6gfniZI4FyygKBe9dJGLbH5l2EBtgFB5YSvZucxNntbK82JhNdc/bQw5MmCvg+3ux+",
      "JK10Xa6ty+/zWTi2WKI3R5fDLkb6qZFsdckjEfz+RgAiyOjIHYcALwDsMLRtxiceGuwvW6aJMynB/Wc+Fh1x+GZm29ZkFE9X",
      "q2d4UJVQJzerHgVXnVD8AAABpAKtEAAA7bY/mKgACvwCAAAAAABZWg==",
    ].join(""),
  ),
  checkedBySha256: decoded(
    [
      "/Td6WFoAAArh+wyhAgAhARYAAAB0L+WjAQABYQoAAACHQo/FIoA9MQZee8488D/kdQlmMeXge716D95gxM8lxwABMgJ2gPgj",
      "GJtLmgEAAAAAClla",
    ].join(""),
  ),
  filtered: decoded(
    ["/Td6WFoAAATm1rRGAgEDAQAhARZ5IMTuAQABYakAAAATRz+4k51F1AABGgLcLqV+H7bzfQEAAAAABFla"].join(""),
  ),
  abc: decoded(
    [
      "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj5JPfAHNdADCYiK1LNxKjMYXd+lME7evfQrgS8x/qmK6BARbvZMTWAMZN6eRdTCrA",
      "6Ew7H1KdTgkvyVR7yu+RFktjQNTpNuystdI+if/efUoERucR5vHRfKJ/9ZlJWfZIaLqxfnFGcQgjAW0TVzRPHp++rnwxCArq",
      "RwAAANwDMAnwdIhbAAGPAeCnEgBuIW9jscRn+wIAAAAABFla",
    ].join(""),
  ),
  empty: decoded(["/Td6WFoAAATm1rRGAAAAABzfRCEftvN9AQAAAAAEWVo="].join("")),
};

/** `folder`: data/, data/note.txt, data/rows.csv; the others: rows.csv. `wide`: with sizes of eight bytes. */
export const ZIP = {
  folder: decoded(
    [
      "UEsDBBQAAAAAAAAAIVAAAAAAAAAAAAAAAAAFAAAAZGF0YS9QSwMEFAAAAAAAAAAhUHNBYQsGAAAABgAAAA0AAABkYXRhL25v",
      "dGUudHh0YWJvdXQKUEsDBBQAAAAIAAAAIVDEPKz5QgEAAC0IAAANAAAAZGF0YS9yb3dzLmNzdoWVK3IEMQwFec5iYEn+CQYs",
      "WBC2IPc/SSplvSWprrABDabaz+3n69G79T7naHb677e119fnd+uttUf7eP4F/AI5GImLnBOIjEJ8ITIvslcisgoxR2RfZM2J",
      "yLnIzINIFjKMEOsXGWcgUm6Hb0TKbmy0a2U3DO1a2fWJdq3sWqJdK7s20K6V3YNyreQ6urVymwsRL7dpqN9Nf4L6vdzuRP1e",
      "bjeP28vt4nF7uV08bi+3k8ft5XbyuL3kDh63l93gcUfZDR53mE4R7SoczuNWOozHrXQYj1vp4G2rHJmMlP8Mjou2fTguRxXj",
      "uKQqxhegq2IcF1PFOC6uinFcQhXjuAxVjOMyVTGOS9kNXrfKEbzudzp43WqH8brVDuN1v9vxbzp42ypHLkaGKsZxmaoYx0Vv",
      "Ho9b5dg8bpVj8bhVjqVx/wBQSwECFAMUAAAAAAAAACFQAAAAAAAAAAAAAAAABQAAAAAAAAAAAAAAgAEAAAAAZGF0YS9QSwEC",
      "FAMUAAAAAAAAACFQc0FhCwYAAAAGAAAADQAAAAAAAAAAAAAAgAEjAAAAZGF0YS9ub3RlLnR4dFBLAQIUAxQAAAAIAAAAIVDE",
      "PKz5QgEAAC0IAAANAAAAAAAAAAAAAACAAVQAAABkYXRhL3Jvd3MuY3N2UEsFBgAAAAADAAMAqQAAAMEBAAAAAA==",
    ].join(""),
  ),
  streamed: decoded(
    [
      "UEsDBBQACAAIAAAAIVAAAAAAAAAAAAAAAAAIAAAAcm93cy5jc3aFlStyBDEMBXnOYmBJ/gkGLFgQtiD3P0kqZb0lqa6wAQ2m",
      "2s/t5+vRu/U+52h2+u+3tdfX53frrbVH+3j+BfwCORiJi5wTiIxCfCEyL7JXIrIKMUdkX2TNici5yMyDSBYyjBDrFxlnIFJu",
      "h29Eym5stGtlNwztWtn1iXat7FqiXSu7NtCuld2Dcq3kOrq1cpsLES+3aajfTX+C+r3c7kT9Xm43j9vL7eJxe7ldPG4vt5PH",
      "7eV28ri95A4et5fd4HFH2Q0ed5hOEe0qHM7jVjqMx610GI9b6eBtqxyZjJT/DI6Ltn04LkcV47ikKsYXoKtiHBdTxTguropx",
      "XEIV47gMVYzjMlUxjkvZDV63yhG87nc6eN1qh/G61Q7jdb/b8W86eNsqRy5GhirGcZmqGMdFbx6PW+XYPG6VY/G4VY6lcf8A",
      "UEsHCMQ8rPlCAQAALQgAAFBLAQIUAxQACAAIAAAAIVDEPKz5QgEAAC0IAAAIAAAAAAAAAAAAAACAAQAAAAByb3dzLmNzdlBL",
      "BQYAAAAAAQABADYAAAB4AQAAAAA=",
    ].join(""),
  ),
  streamedWide: decoded(
    [
      "UEsDBC0ACAAIAAAAIVAAAAAA//////////8IABQAcm93cy5jc3YBABAAAAAAAAAAAAAAAAAAAAAAAIWVK3IEMQwFec5iYEn+",
      "CQYsWBC2IPc/SSplvSWprrABDabaz+3n69G79T7naHb677e119fnd+uttUf7eP4F/AI5GImLnBOIjEJ8ITIvslcisgoxR2Rf",
      "ZM2JyLnIzINIFjKMEOsXGWcgUm6Hb0TKbmy0a2U3DO1a2fWJdq3sWqJdK7s20K6V3YNyreQ6urVymwsRL7dpqN9Nf4L6vdzu",
      "RP1ebjeP28vt4nF7uV08bi+3k8ft5XbyuL3kDh63l93gcUfZDR53mE4R7SoczuNWOozHrXQYj1vp4G2rHJmMlP8Mjou2fTgu",
      "RxXjuKQqxhegq2IcF1PFOC6uinFcQhXjuAxVjOMyVTGOS9kNXrfKEbzudzp43WqH8brVDuN1v9vxbzp42ypHLkaGKsZxmaoY",
      "x0VvHo9b5dg8bpVj8bhVjqVx/wBQSwcIxDys+UIBAAAAAAAALQgAAAAAAABQSwECLQMtAAgACAAAACFQxDys+UIBAAAtCAAA",
      "CAAAAAAAAAAAAAAAgAEAAAAAcm93cy5jc3ZQSwUGAAAAAAEAAQA2AAAAlAEAAAAA",
    ].join(""),
  ),
  wide: decoded(
    [
      "UEsDBC0AAAAIAAAAIVDEPKz5//////////8IABQAcm93cy5jc3YBABAALQgAAAAAAABCAQAAAAAAAIWVK3IEMQwFec5iYEn+",
      "CQYsWBC2IPc/SSplvSWprrABDabaz+3n69G79T7naHb677e119fnd+uttUf7eP4F/AI5GImLnBOIjEJ8ITIvslcisgoxR2Rf",
      "ZM2JyLnIzINIFjKMEOsXGWcgUm6Hb0TKbmy0a2U3DO1a2fWJdq3sWqJdK7s20K6V3YNyreQ6urVymwsRL7dpqN9Nf4L6vdzu",
      "RP1ebjeP28vt4nF7uV08bi+3k8ft5XbyuL3kDh63l93gcUfZDR53mE4R7SoczuNWOozHrXQYj1vp4G2rHJmMlP8Mjou2fTgu",
      "RxXjuKQqxhegq2IcF1PFOC6uinFcQhXjuAxVjOMyVTGOS9kNXrfKEbzudzp43WqH8brVDuN1v9vxbzp42ypHLkaGKsZxmaoY",
      "x0VvHo9b5dg8bpVj8bhVjqVx/wBQSwECLQMtAAAACAAAACFQxDys+UIBAAAtCAAACAAAAAAAAAAAAAAAgAEAAAAAcm93cy5j",
      "c3ZQSwUGAAAAAAEAAQA2AAAAfAEAAAAA",
    ].join(""),
  ),
};
