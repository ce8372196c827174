// nunjucks.js FOLDER TEMPLATE DATA.json SECONDS [first] - as engines.py; $NODE_PATH leads to nunjucks.
const fs = require("fs");
const nunjucks = require("nunjucks");
const [folder, name, path, seconds, first] = process.argv.slice(2);
const data = JSON.parse(fs.readFileSync(path));
const environment = () => new nunjucks.Environment(new nunjucks.FileSystemLoader(folder), { autoescape: true });
const kept = environment();
const render = () => Buffer.from((first ? environment() : kept).render(name, data));
render();
const start = process.hrtime.bigint();
let count = 0;
let took = 0;
for (; took < Number(seconds); count++) {
  render();
  took = Number(process.hrtime.bigint() - start) / 1e9;
}
console.log(count / took);
