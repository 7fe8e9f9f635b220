// express-pouchdb over LevelDB files, as its documentation starts it. Arguments: port, folder for the files.
const express = require("express");
const PouchDB = require("pouchdb-core").plugin(require("pouchdb-adapter-leveldb"));

const [port, folder] = process.argv.slice(2);
const Here = PouchDB.defaults({ prefix: folder + "/", adapter: "leveldb" });
const app = express();
app.use("/", require("express-pouchdb")(Here, {
  mode: "minimumForPouchDB",
  inMemoryConfig: true,
  logPath: folder + "/log.txt",
}));
app.listen(Number(port), "127.0.0.1");
