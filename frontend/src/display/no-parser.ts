/** Stands for dcmjs in the build: headers come as DICOM JSON and are read by ourselves, so no file is parsed here. */
import log from "loglevel";

class Absent {}

/** Every name that is spelled like a keyword is one, of no tag: rules that we don't use ask only whether theirs exist. */
const entry = { tag: "(0000,0000)" };
const known = { value: entry, configurable: true, enumerable: true, writable: true };
const isKeyword = (name: string | symbol) => typeof name === "string" && /^[A-Z]/.test(name);
const nameMap = new Proxy(
  {},
  {
    get: (_, name) => (isKeyword(name) ? entry : undefined),
    getOwnPropertyDescriptor: (_, name) => (isKeyword(name) ? known : undefined),
  },
);
export { log };
export const constants = {};
export default {
  log,
  constants,
  data: { DicomMetaDictionary: { dictionary: {}, nameMap } },
  utilities: { DicomMetadataListener: Absent },
  async: { AsyncDicomReader: Absent },
};
