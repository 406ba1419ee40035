// A site's files: what was loaded exists, browsers keep what cannot change, pages are routed by the browser.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/static_files.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

namespace vivi::http {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Optional;
using testing::StrEq;

const std::string script = std::string(2'000, 'v') + " = 1;";
const StaticFiles site{FileTree{{"/index.html", "<!doctype html>"},
                                {"/assets/main-3f2a9c1b.js", script},
                                {"/assets/plain.js", "1"},
                                {"/assets/style-Bx7Kq2Lm.css", std::string(1'000, 'c')},
                                {"/assets/style-Bx7Kq2Lm.css.br", "brotli of the style"},
                                {"/alone.br", "a file of its own"},
                                {"/.stamp", "of the build"},
                                {"/logo.png", std::string(1'000, 'p')}}};

Response get(std::string target, Headers headers = {}) {
    return site.answer({.method = "GET", .target = std::move(target), .headers = std::move(headers)});
}

std::string unzipped(const std::string& packed) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    std::string input{packed};
    std::string text(10'000, '\0');
    stream.next_in = static_cast<Bytef*>(static_cast<void*>(input.data()));
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = static_cast<Bytef*>(static_cast<void*>(text.data()));
    stream.avail_out = static_cast<uInt>(text.size());
    inflate(&stream, Z_FINISH);
    text.resize(stream.total_out);
    inflateEnd(&stream);
    return text;
}

TEST(StaticFiles, GivesFilesWithTheirTypes) {
    const auto page = get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body, "<!doctype html>");
    EXPECT_THAT(find(page.headers, "content-type"), Optional(StrEq("text/html; charset=utf-8")));
    EXPECT_THAT(find(get("/logo.png").headers, "content-type"), Optional(StrEq("image/png")));
}

TEST(StaticFiles, LetsTheBrowserRoutePagesButNotFiles) {
    EXPECT_EQ(get("/devices/02:00?tab=1").body, "<!doctype html>");
    EXPECT_EQ(get("/missing.js").status, 404);
    EXPECT_EQ(get("/../etc/passwd.txt").status, 404);
    EXPECT_EQ(get("*").status, 404);
}

TEST(StaticFiles, KeepsForEverOnlyWhatItsNameIdentifies) {
    EXPECT_THAT(find(get("/assets/main-3f2a9c1b.js").headers, "cache-control"), Optional(HasSubstr("immutable")));
    EXPECT_THAT(find(get("/assets/plain.js").headers, "cache-control"), Optional(StrEq("no-cache")));
    EXPECT_THAT(find(get("/").headers, "cache-control"), Optional(StrEq("no-cache")));
}

TEST(StaticFiles, SendsNothingThatTheBrowserHas) {
    const std::string etag{*find(get("/logo.png").headers, "etag")};
    EXPECT_EQ(get("/logo.png", {{"if-none-match", etag}}).status, 304);
    EXPECT_EQ(get("/logo.png", {{"if-none-match", "\"other\", W/" + etag}}).status, 304);
    EXPECT_EQ(get("/logo.png", {{"if-none-match", "*"}}).status, 304);
    EXPECT_EQ(get("/logo.png", {{"if-none-match", "\"other\""}}).status, 200);
    EXPECT_TRUE(get("/logo.png", {{"if-none-match", etag}}).body.empty());
}

TEST(StaticFiles, CompressesTextForThoseWhoTakeIt) {
    const auto packed = get("/assets/main-3f2a9c1b.js", {{"accept-encoding", "br, gzip;q=0.8"}});
    EXPECT_THAT(find(packed.headers, "content-encoding"), Optional(StrEq("gzip")));
    EXPECT_THAT(find(packed.headers, "vary"), Optional(StrEq("accept-encoding")));
    EXPECT_EQ(unzipped(packed.body), script);
    const auto plain = get("/assets/main-3f2a9c1b.js");
    EXPECT_EQ(plain.body, script);
    EXPECT_NE(find(plain.headers, "etag"), find(packed.headers, "etag")) << "a strong ETag names one representation";
    EXPECT_EQ(find(get("/logo.png", {{"accept-encoding", "gzip"}}).headers, "content-encoding"), std::nullopt);
}

TEST(StaticFiles, GivesWhatTheBuildCompressedToThoseWhoTakeIt) {
    const auto style = [](const char* accepted) { return get("/assets/style-Bx7Kq2Lm.css", {{"accept-encoding", accepted}}); };
    const auto packed = style("gzip, deflate, br, zstd");
    EXPECT_THAT(find(packed.headers, "content-encoding"), Optional(StrEq("br")));
    EXPECT_THAT(find(packed.headers, "content-type"), Optional(StrEq("text/css; charset=utf-8")));
    EXPECT_EQ(packed.body, "brotli of the style");
    EXPECT_THAT(find(style("gzip").headers, "content-encoding"), Optional(StrEq("gzip")));
    EXPECT_NE(find(style("gzip").headers, "etag"), find(packed.headers, "etag"));
    const std::string etag{*find(packed.headers, "etag")};
    EXPECT_EQ(get("/assets/style-Bx7Kq2Lm.css", {{"accept-encoding", "br"}, {"if-none-match", etag}}).status, 304);
    EXPECT_EQ(get("/assets/style-Bx7Kq2Lm.css", {{"if-none-match", etag}}).status, 200) << "another representation";
    EXPECT_EQ(get("/assets/style-Bx7Kq2Lm.css.br").status, 404);
    EXPECT_EQ(get("/alone.br").status, 200);
}

TEST(StaticFiles, KeepsHiddenFilesHidden) { EXPECT_EQ(get("/.stamp").status, 404); }

TEST(StaticFiles, UnderstandsWhoTakesGzip) {
    for (const auto* const yes : {"gzip", "deflate, GZIP", "*", "gzip;q=0.001", "br;q=1.0, gzip; q=0.5"})
        EXPECT_TRUE(accepts_coding(yes, "gzip")) << yes;
    for (const auto* const no : {"", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzip;q=0, *"})
        EXPECT_FALSE(accepts_coding(no, "gzip")) << no;
    EXPECT_TRUE(accepts_coding("gzip, deflate, br, zstd", "br"));
    EXPECT_FALSE(accepts_coding("gzip, br;q=0", "br"));
}

TEST(StaticFiles, CanOnlyBeRead) {
    const auto refused = site.answer({.method = "POST", .target = "/"});
    EXPECT_EQ(refused.status, 405);
    EXPECT_THAT(find(refused.headers, "allow"), Optional(AllOf(HasSubstr("GET"), HasSubstr("HEAD"))));
}

}  // namespace
}  // namespace vivi::http
