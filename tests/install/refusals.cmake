# Checks that a build without libcurl and Boost refuses what needs them, and names the option. Included by run.cmake.

# Runs `skerry plugin` with the arguments. It must return `status` and print `text`.
function(expect_refusal status text)
  execute_process(COMMAND ${BUILD}/skerry plugin ${ARGN} RESULT_VARIABLE returned OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
  string(FIND "${printed}" "${text}" found)
  if(NOT returned EQUAL status OR found EQUAL -1)
    message(FATAL_ERROR "skerry plugin ${ARGN}: status ${returned} instead of ${status}, or no \"${text}\" in: ${printed}")
  endif()
endfunction()

set(no_client "this build has no HTTP client (SKERRY_WITH_HTTP_CLIENT=OFF)")
set(manifest ${WORK}/network.json)
file(WRITE ${manifest} [[{"meta": {"name": "a", "version": "1"}, "wasmPath": "a.wasm", "capabilities": {"allowNetwork": true}}]])
expect_refusal(1 "$.capabilities.allowNetwork: ${no_client}" call --manifest ${manifest} --input {})
file(WRITE ${manifest} [[{"meta": {"name": "a", "version": "1"}, "wasmPath": "a.wasm", "capabilities": {"allowNetwork": false}}]])
expect_refusal(1 "a.wasm: No such file" call --manifest ${manifest} --input {})
expect_refusal(2 "${no_client}" reload --config ${manifest} a)
expect_refusal(2 "${no_client}" rollback --config ${manifest} a)
expect_refusal(2 "this build has no server (SKERRY_WITH_SERVER=OFF)" serve --config ${manifest})
