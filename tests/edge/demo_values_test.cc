#include "edge/demo_values.h"

#include <gtest/gtest.h>

namespace skerry::edge {
namespace {

using Type = RespReply::Type;

RespReply bulk(std::string text) {
  return {Type::bulk, std::move(text), 0, {}};
}
RespReply array(std::vector<RespReply> items) {
  return {Type::array, {}, 0, std::move(items)};
}

TEST(ValueText, ShowsEachShape) {
  EXPECT_EQ(value_text(ValueShape::text, bulk("hello")), "hello");
  EXPECT_EQ(value_text(ValueShape::members, array({bulk("milk"), bulk("apples")})), "apples milk");
  EXPECT_EQ(value_text(ValueShape::fields, array({bulk("plan"), bulk("pro"), bulk("city"), bulk("Paris")})),
            "city=Paris plan=pro");
}

TEST(ValueText, ShowsNothingAndErrors) {
  for (ValueShape shape : {ValueShape::text, ValueShape::members, ValueShape::fields}) {
    EXPECT_EQ(value_text(shape, {}), "-");
    EXPECT_EQ(value_text(shape, array({})), "-");
    EXPECT_EQ(value_text(shape, {Type::error, "ERR no", 0, {}}), "ERR no");
  }
  EXPECT_EQ(value_text(ValueShape::fields, array({bulk("half")})), "-");
}

TEST(DemoKeys, AreReadByCommandsThatNameThem) {
  for (const DemoKey& key : demo_keys()) EXPECT_EQ(key.read.at(1), key.name);
}

}  // namespace
}  // namespace skerry::edge
