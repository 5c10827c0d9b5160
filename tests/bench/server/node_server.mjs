// The server that server_bench.py measures beside ours: Node's HTTP server and WebAssembly engine with the same plugin.
// usage: node node_server.mjs MODULE.wasm [fresh]    "fresh" makes a new instance for each call
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'

const module = new WebAssembly.Module(readFileSync(process.argv[2]))
const fresh = process.argv[3] === 'fresh'
const imports = Object.fromEntries(
  WebAssembly.Module.imports(module).map(({ module, name }) => [module, { [name]: () => 0 }]))
const start = () => {
  const instance = new WebAssembly.Instance(module, imports).exports
  instance._initialize?.()
  return instance
}
const shared = start()

function execute (input) {
  const guest = fresh ? start() : shared
  const place = guest.allocate(input.length)
  new Uint8Array(guest.memory.buffer).set(input, place)
  const result = BigInt.asUintN(64, guest.execute(place, input.length))
  const [at, size] = [Number(result >> 32n), Number(result & 0xffffffffn)]
  const output = Buffer.from(guest.memory.buffer, at, size).toString()
  guest.deallocate(place, input.length)
  return output
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    const body = execute(Buffer.concat(chunks))
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => console.error(`listening: http://127.0.0.1:${server.address().port}`))
