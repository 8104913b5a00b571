import type { Archive, PreservedCopy, Recording } from '../../core/source.ts';

/**
 * Copies of the API's last state. The captures are in the Internet Archive. The recordings are in the tests of a Ruby
 * client (github.com/rodolfobandeira/spacex, MIT license), at a fixed commit. See docs/sources.md.
 */
const CAPTURE: PreservedCopy = { kind: 'capture' };

const RECORDINGS = {
  payloads: {
    kind: 'recording',
    file: 'payloads/all.yml',
    recorded: '2026-03-21T19:46:50Z',
    sha256: '4b26384392325719f82923011cec57c918208461176e0d5b3cbe5d3ad1610ba0',
    etag: '"2c576-tls8thac6VNLqjb/cK57bHq8TTI"',
  },
  launchpads: {
    kind: 'recording',
    file: 'launchpads/all.yml',
    recorded: '2026-03-21T19:46:07Z',
    sha256: '81066de511cb617e0b9df683643fcbe161e0febf0f932a91109eea96026d69dc',
    etag: '"2a3f-5t/XURehoCQY1XetRG/agXQF4ZQ"',
  },
  landpads: {
    kind: 'recording',
    file: 'landpads/all.yml',
    recorded: '2026-03-21T19:42:24Z',
    sha256: 'b101d1b793711e802e47e3709d9cd211b4f2a258a71264949b7cd875133886e4',
    etag: '"30ec-U3TuEZSNO2BVdAPuRW4xkzICDGo"',
  },
  dragons: {
    kind: 'recording',
    file: 'dragons/all.yml',
    recorded: '2026-03-21T19:40:55Z',
    sha256: '01e139c66c6b7c5c20bc6cd9561188b738ceaa5cf605082d971fb5f3cb5c6eb1',
    etag: '"dcd-IqPihHZDJbKdE8+gQotiCLba+cI"',
  },
  history: {
    kind: 'recording',
    file: 'history/all.yml',
    recorded: '2026-03-21T19:41:42Z',
    sha256: 'a4106156a2e3d164cae8d9dd04cd6aaa7e666ca7d85ec9811e254e7c4b6dcce1',
    etag: '"1a64-qxakXoEOG9M2HtE94bgMcFoDWvE"',
  },
  ships: {
    kind: 'recording',
    file: 'ships/all.yml',
    recorded: '2026-03-21T19:56:51Z',
    sha256: 'af57a5085a66e42a4f0fd7d88580f17beb8fd02d274bdb6437139728325a7de0',
    etag: '"6268-yTouCVYyQjSVCZIee435H1AMAFE"',
  },
  roadster: {
    kind: 'recording',
    file: 'roadster.yml',
    recorded: '2026-03-21T19:39:06Z',
    sha256: '47a0343fcb91d97acfae583bc1ce9e1152c36f7b91dec4174561195b300f7e96',
    etag: '"621-6KsM9pjEQTX56fBcftHJ9+uWZf8"',
  },
  cores: {
    kind: 'recording',
    file: 'cores/all.yml',
    recorded: '2021-10-11T23:51:23Z',
    sha256: 'bca2c98b6f86faefe26668ad7c6fc4b0a774decc579d6e81f3cd59b6d17c6a0b',
    etag: '"52ba-Sw/9PDNdqKJSFTgeeK1Hf2sXDf4"',
  },
  company: {
    kind: 'recording',
    file: 'company.yml',
    recorded: '2021-10-13T22:15:50Z',
    sha256: '49ca4855e0b2806014083bf0f7e587eab3ee074029771c465b57c5bc5ce03700',
    etag: '"2ea-KLET10RDtc2RJI9HB4muV6SDyUU"',
  },
  rockets: {
    kind: 'recording',
    file: 'rockets/all.yml',
    recorded: '2021-10-16T20:47:46Z',
    sha256: '1128305244f80de79ff66f50f53dea0a58d8ee84440e0888885ca785ce747041',
    etag: '"1da0-jxqFsYa8kwtztZXmrmTKSLRsu6U"',
  },
  crew: {
    kind: 'recording',
    file: 'crew/all.yml',
    recorded: '2021-10-16T22:12:32Z',
    sha256: '1223e3a115dfb7901bec27d5c93a1476b3f7b82dda39360095b3bee307d29d2a',
    etag: '"1005-Ro9pAVdi6Ic9aOlDzFEgL7k9M74"',
  },
  capsules: {
    kind: 'recording',
    file: 'capsules/all.yml',
    recorded: '2020-10-31T01:16:49Z',
    sha256: '15c90217cb45e96cc7e756baee81fc6ac4d2ebe9028cf7a991a933ae301ad400',
    etag: 'W/"12cd-fqPlMCwCAGEJ8+h+Ld94WVTEZCA"',
  },
  starlink: {
    kind: 'recording',
    file: 'starlink/all.yml',
    recorded: '2026-03-22',
    sha256: null,
    etag: null,
  },
} as const satisfies Readonly<Record<string, Recording>>;

/** For each resource, the newest complete copy comes first. */
const archive: Archive = {
  url: 'https://web.archive.org/web/20260605id_/https://api.spacexdata.com',
  recordingsUrl:
    'https://raw.githubusercontent.com/rodolfobandeira/spacex/eb2375283efc67a03f08cc1770029c7b8a030bbf/spec/fixtures/spacex/v4',
  pacing: { requestsPerSecond: 1, burst: 1 },
  headersTimeoutSeconds: 60,
  copies: {
    // The only recording of launches has an older form, in which the crew is a list of ids.
    launches: [CAPTURE],
    rockets: [CAPTURE, RECORDINGS.rockets],
    capsules: [CAPTURE, RECORDINGS.capsules],
    crew: [CAPTURE, RECORDINGS.crew],
    ships: [CAPTURE, RECORDINGS.ships],
    roadster: [CAPTURE, RECORDINGS.roadster],
    payloads: [RECORDINGS.payloads, CAPTURE],
    launchpads: [RECORDINGS.launchpads, CAPTURE],
    landpads: [RECORDINGS.landpads, CAPTURE],
    dragons: [RECORDINGS.dragons, CAPTURE],
    history: [RECORDINGS.history, CAPTURE],
    cores: [RECORDINGS.cores, CAPTURE],
    company: [RECORDINGS.company, CAPTURE],
    starlink: [RECORDINGS.starlink, CAPTURE],
  },
};

export default archive;
