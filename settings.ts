/**
 * Node-RED's settings as Rung ships them: hardened, and silent towards any network. What depends on the place it
 * runs in (folders, sign-in, storage, the credential key) is added by runtime/host/node-red-settings.ts.
 *
 * Every option is documented at https://nodered.org/docs/user-guide/runtime/configuration
 */
export const RUNG_CATEGORIES = [
  "0 model",
  "1 describe",
  "2 diagnose",
  "3 predict",
  "4 prescribe",
  "5 act",
  "rung dashboard",
] as const;

const CORE_CATEGORIES = ["subflows", "common", "function", "network", "sequence", "parser", "storage"];

/** Foreign nodes that the tests of a checkout bring along; whoever wants them in the product installs them there. */
export const ONLY_FOR_TESTS = ["modbus-nodes-under-test"];

/** Longest time a function node may hold the host's only thread, s. */
const FUNCTION_TIMEOUT_S = 5;

const settings = {
  // The dashboard is for everyone, so it has the short paths; the editor lies below one of its own.
  httpAdminRoot: "/editor",
  httpNodeRoot: "/",
  httpServerOptions: { "x-powered-by": false },
  apiMaxLength: "5mb",

  // Nothing is installed at run time and nothing is asked of any server.
  telemetry: { enabled: false, updateNotification: false },
  externalModules: {
    autoInstall: false,
    palette: { allowInstall: false, allowUpdate: false, allowUpload: false },
    modules: { allowInstall: false },
  },
  nodesExcludes: ONLY_FOR_TESTS,
  functionExternalModules: false,
  functionGlobalContext: {},
  globalFunctionTimeout: FUNCTION_TIMEOUT_S,
  functionTimeout: FUNCTION_TIMEOUT_S,
  exportGlobalContextKeys: false,
  diagnostics: { enabled: false, ui: false },
  runtimeState: { enabled: false, ui: false },

  flowFilePretty: true,
  contextStorage: { default: { module: "localfilesystem" } },
  paletteCategories: [...RUNG_CATEGORIES, ...CORE_CATEGORIES],
  logging: { console: { level: "info", metrics: false, audit: false } },

  editorTheme: {
    page: { title: "Rung" },
    header: { title: "Rung" },
    tours: false,
    palette: { catalogues: [] as string[] },
    projects: { enabled: false },
    // Who has the editor open sees who else has, and where they work.
    multiplayer: { enabled: true },
    codeEditor: { lib: "monaco" },
  },
};

export default settings;
