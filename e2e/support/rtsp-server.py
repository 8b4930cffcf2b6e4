"""A camera: GStreamer's RTSP server with a live picture and, if wanted, sound. Says `ready PORT` when it listens."""

import argparse

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

VIDEO = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=500 "
    "! rtph264pay name=pay0 pt=96 config-interval=-1",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=500 "
    "! rtph265pay name=pay0 pt=96 config-interval=-1",
}
AUDIO = {
    "none": "",
    "pcma": "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8",
    "opus": "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay name=pay1 pt=97",
    "aac": "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! avenc_aac ! aacparse "
    "! rtpmp4gpay name=pay1 pt=97",
}
METHODS = {"digest": GstRtsp.RTSPAuthMethod.DIGEST, "basic": GstRtsp.RTSPAuthMethod.BASIC}
PROTOCOLS = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}
ROLE = "viewer"


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", default="0")
    parser.add_argument("--path", default="/cam")
    parser.add_argument("--video", choices=VIDEO, default="h264")
    parser.add_argument("--audio", choices=AUDIO, default="none")
    parser.add_argument("--protocols", default="tcp,udp")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--method", choices=METHODS, default="digest")
    parser.add_argument("--session-timeout", type=int)
    return parser.parse_args()


def make_factory(wanted):
    picture = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1"
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {picture} ! {VIDEO[wanted.video]} {AUDIO[wanted.audio]} )")
    factory.set_shared(True)
    protocols = GstRtsp.RTSPLowerTrans(0)
    for name in wanted.protocols.split(","):
        protocols |= PROTOCOLS[name]
    factory.set_protocols(protocols)
    return factory


def protect(server, factory, wanted):
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(METHODS[wanted.method])
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    if wanted.method == "digest":
        auth.add_digest(wanted.user, wanted.password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(wanted.user, wanted.password), token)
    permissions = GstRtspServer.RTSPPermissions()
    for permission in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role(ROLE, permission, True)
    factory.set_permissions(permissions)
    server.set_auth(auth)


def report(server, timeout):
    """What clients do, a line each."""

    def say(*words):
        print(*words, flush=True)

    def connected(_server, client):
        say("connected")
        for method in ("options", "describe", "setup", "play", "teardown", "get-parameter"):
            client.connect(f"{method}-request", lambda _client, _context, name=method: say(name))
        if timeout is not None:
            client.connect("new-session", lambda _client, session: session.set_timeout(timeout))

    def expire():
        ended = server.get_session_pool().cleanup()
        if ended > 0:
            say("expired", ended)
        return True

    server.connect("client-connected", connected)
    GLib.timeout_add(500, expire)


def main():
    wanted = options()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address(wanted.address)
    server.set_service(wanted.port)
    factory = make_factory(wanted)
    if wanted.user is not None:
        protect(server, factory, wanted)
    server.get_mount_points().add_factory(wanted.path, factory)
    report(server, wanted.session_timeout)
    if server.attach(None) == 0:
        raise SystemExit("cannot listen")
    print("ready", server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


main()
